"""The handwriting inside scikit-learn."""

import itertools

import numpy as np
import pytest
from sklearn.datasets import load_digits

from components.digit_example_gen.sources import uci
from vocabulary.errors import UserError

SPLITS = ["train", "eval", "test"]


def test_all_digits_are_there_once() -> None:
    division = uci.load(splits=SPLITS)
    names = [name for part in division.values() for name in part.names.tolist()]
    assert sorted(names) == sorted(f"uci/{index}" for index in range(1797))


def test_labels_are_scikit_learn_s() -> None:
    target = load_digits().target
    for part in uci.load(splits=SPLITS).values():
        indices = [int(name.removeprefix("uci/")) for name in part.names.tolist()]
        assert part.labels.tolist() == target[indices].tolist()


def test_every_form_opens_with_the_ten_digits() -> None:
    labels = "".join(map(str, load_digits().target))
    openings = {start: labels[start : start + 10] for start in uci.FORM_STARTS}
    # The 0 that should open this form is missing from the data.
    assert openings.pop(906) == "1234567890"
    assert len(openings) == 13
    assert set(openings.values()) == {"0123456789"}


def test_every_form_closes_as_forms_do() -> None:
    # The last digits are ...8849 0898, where the copyists lost none.
    labels = "".join(map(str, load_digits().target))
    starts = [*uci.FORM_STARTS, 1797]
    forms = [labels[start:stop] for start, stop in itertools.pairwise(starts)]
    assert sum(form.endswith("90898") for form in forms) == 12
    assert sorted(form[-5:] for form in forms if not form.endswith("90898")) == ["84908", "90893"]
    assert max(map(len, forms)) == 130


def test_no_form_is_in_two_splits() -> None:
    division = uci.load(splits=SPLITS)
    forms = {name: set(part.groups.tolist()) for name, part in division.items()}
    assert sorted(form for group in forms.values() for form in group) == list(range(1, 15))


def test_a_group_is_one_form_and_named_so() -> None:
    bounds = [*uci.FORM_STARTS, 1797]
    for part in uci.load(splits=SPLITS).values():
        for name, form in zip(part.names.tolist(), part.groups.tolist(), strict=True):
            index = int(name.removeprefix("uci/"))
            assert bounds[form - 1] <= index < bounds[form]
        assert part.forms.tolist() == [f"uci/form/{form}" for form in part.groups.tolist()]


def test_each_split_holds_every_digit() -> None:
    for part in uci.load(splits=SPLITS).values():
        assert np.bincount(part.labels, minlength=10).min() >= 20


def test_glyphs_are_bytes_of_28_by_28_with_ink_amid_paper() -> None:
    for part in uci.load(splits=SPLITS).values():
        assert part.pictures.dtype == np.uint8
        assert part.pictures.shape == (len(part), 28, 28)
        ink = part.pictures >= 128
        # Between a tenth of the digit's 20x20 and half of it.
        assert ink.sum(axis=(1, 2)).min() >= 40
        assert ink.sum(axis=(1, 2)).max() <= 250
        assert (part.pictures.max(axis=(1, 2)) == 255).all()
        border = part.pictures.copy()
        border[:, 1:-1, 1:-1] = 0
        assert not border.any()


def test_a_glyph_looks_like_the_digit_it_was_made_from() -> None:
    digits = load_digits()
    for index in range(0, 1797, 50):
        glyph = uci.as_pen_strokes(digits.images[index]).astype(float)
        # The middle 20x20 is the 8x8 original, 2.5 pixels to one of its cells.
        cells = glyph[4:24, 4:24].repeat(2, 0).repeat(2, 1).reshape(8, 5, 8, 5).mean(axis=(1, 3))
        assert np.corrcoef(cells.ravel(), digits.images[index].ravel())[0, 1] > 0.85


def test_no_ink_stays_no_ink() -> None:
    assert not uci.as_pen_strokes(np.zeros((8, 8))).any()


def test_too_many_splits_are_refused() -> None:
    with pytest.raises(UserError, match="name fewer splits"):
        uci.load(splits=["train", "eval", *"abcdef"])
