"""All embedded handwriting together."""

import itertools
from collections.abc import Callable

import numpy as np

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import handwriting, open_source
from vocabulary.handwriting import PARTS

SPLITS = ["train", "eval", "validation"]
POOL = handwriting.load(splits=SPLITS)


def parts_of(split: str) -> list[str]:
    return [name.partition("/")[0] for name in POOL[split].names.tolist()]


def test_every_split_holds_every_digit_of_every_part() -> None:
    for split, part in POOL.items():
        seen = set(zip(parts_of(split), part.labels.tolist(), strict=True))
        assert seen == set(itertools.product(PARTS, range(10)))


def test_no_glyph_form_font_or_group_is_in_two_splits() -> None:
    for one, other in itertools.combinations(POOL.values(), 2):
        assert not {*one.names.tolist()} & {*other.names.tolist()}
        assert not {*one.groups.tolist()} & {*other.groups.tolist()}
        assert not {*one.forms.tolist()} & {*other.forms.tolist()} - {""}
        pictures = [{glyph.tobytes() for glyph in part.pictures} for part in (one, other)]
        assert not pictures[0] & pictures[1]


def test_a_further_split_leaves_those_that_judge_alone() -> None:
    few = handwriting.load(splits=["eval", "train"])
    assert few["eval"].names.tolist() == POOL["eval"].names.tolist()
    assert few["eval"].pictures.tobytes() == POOL["eval"].pictures.tobytes()


def test_every_glyph_has_ink_and_a_label() -> None:
    for part in POOL.values():
        assert part.pictures.shape == (len(part), 28, 28)
        assert (part.pictures >= 128).sum(axis=(1, 2)).min() >= 20
        assert set(np.unique(part.labels).tolist()) == set(range(10))


def test_every_source_opened_anew_writes_the_same_bytes(
    make_data: Callable[..., DataOptions],
) -> None:
    data = make_data(source={"kind": "handwriting"})
    one, other = (open_source(data, SPLITS).examples("train", 990, 1010).examples for _ in range(2))
    assert one == other
    assert len(set(one)) == 20
