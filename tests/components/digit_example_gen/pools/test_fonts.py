"""Digits of handwriting fonts."""

import numpy as np

from components.digit_example_gen.pools import fonts
from vocabulary.handwriting import FONTS

SPLITS = ["train", "eval", "validation"]
POOL = fonts.load(splits=SPLITS)


def test_each_font_is_one_writer_who_is_in_one_split() -> None:
    writers = {split: set(part.forms.tolist()) for split, part in POOL.items()}
    assert [len(writers[split]) for split in SPLITS] == [6, 2, 2]
    assert len(set.union(*writers.values())) == len(FONTS) == 10
    for part in POOL.values():
        assert len(set(zip(part.forms.tolist(), part.groups.tolist(), strict=True))) == len(
            set(part.forms.tolist())
        )


def test_a_glyph_is_named_by_its_font_and_digit_all_variants_alike() -> None:
    for part in POOL.values():
        expected = [f"{form}/{label}" for form, label in zip(part.forms, part.labels, strict=True)]
        assert part.names.tolist() == expected
        assert set(np.unique(part.names, return_counts=True)[1].tolist()) == {fonts.VARIANTS}


def test_every_glyph_has_ink_amid_paper_and_is_as_large_as_mnist_s() -> None:
    for part in POOL.values():
        assert part.pictures.dtype == np.uint8
        assert part.pictures.shape == (len(part), 28, 28)
        ink = part.pictures >= 128
        assert ink.sum(axis=(1, 2)).min() >= 20
        assert ink.sum(axis=(1, 2)).max() <= 320
        sides = np.stack([ink.any(axis=2).sum(axis=1), ink.any(axis=1).sum(axis=1)]).max(axis=0)
        assert 15 <= sides.min() <= sides.max() <= 25
        assert abs(sides.mean() - 20) < 0.7


def test_no_variant_is_another() -> None:
    for part in POOL.values():
        assert len(np.unique(part.pictures, axis=0)) == len(part)


def test_a_variant_is_most_like_the_mean_of_its_own_digit() -> None:
    for part in POOL.values():
        flat = part.pictures.reshape(len(part), -1).astype(float)
        for form in np.unique(part.forms):
            own, labels = flat[part.forms == form], part.labels[part.forms == form]
            means = np.stack([own[labels == digit].mean(axis=0) for digit in range(10)])
            likeness = np.corrcoef(means, own)[:10, 10:]
            assert (likeness.argmax(axis=0) == labels).mean() > 0.9, form


def test_a_digit_has_strokes_of_many_thicknesses() -> None:
    kalam = POOL["train"].take(POOL["train"].names == "fonts/kalam/7")
    ink = (kalam.pictures >= 128).sum(axis=(1, 2))
    assert ink.max() > 1.8 * ink.min()


def test_the_glyphs_are_the_same_each_time() -> None:
    again = fonts.load(splits=SPLITS)
    for split, part in POOL.items():
        assert part.pictures.tobytes() == again[split].pictures.tobytes()
