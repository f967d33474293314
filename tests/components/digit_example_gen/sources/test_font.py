"""Digits of a script in fonts: Persian."""

from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import tensorflow as tf
from PIL import ImageFont

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.pools.outlines import has_characters
from components.digit_example_gen.sources import font, open_source
from vocabulary import features
from vocabulary.persian import DIGITS

MakeData = Callable[..., DataOptions]
SPLITS = ["train", "eval", "validation"]
POOL = font.load(splits=SPLITS)
TTF = Path(matplotlib.get_data_path(), "fonts", "ttf")


def sides(pictures: np.ndarray) -> np.ndarray:
    """The longer side of the ink of each glyph, in pixels."""
    ink = pictures >= 128
    return np.maximum(ink.any(axis=2).sum(axis=1), ink.any(axis=1).sum(axis=1))


def test_each_family_of_fonts_is_one_writer_who_is_in_one_split() -> None:
    writers = {split: set(part.forms.tolist()) for split, part in POOL.items()}
    assert [len(writers[split]) for split in SPLITS] == [6, 1, 1]
    assert len(set.union(*writers.values())) == 8


@pytest.mark.parametrize(
    "file", ["LastResortHE-Regular", "DejaVuSerif", "DejaVuSansDisplay", "cmr10", "STIXGeneral"]
)
def test_a_face_of_placeholders_or_without_ink_has_no_digits(file: str) -> None:
    assert not has_characters(ImageFont.truetype(str(TTF / f"{file}.ttf"), 40), DIGITS)


def test_the_zero_is_a_dot_beside_the_others_and_keeps_ink() -> None:
    for part in POOL.values():
        zero = part.labels == 0
        assert 2 <= sides(part.pictures[zero]).min() <= sides(part.pictures[zero]).max() <= 9
        assert 3 <= np.median(sides(part.pictures[zero])) <= 6
        assert sides(part.pictures[~zero]).min() >= 10
        assert (part.pictures >= 128).sum(axis=(1, 2)).min() >= 4


def test_no_digit_is_cut_off() -> None:
    for part in POOL.values():
        border = np.pad(np.zeros((26, 26), bool), 1, constant_values=True)
        assert part.pictures[:, border].max() < 128


def test_the_digits_among_the_classes_are_drawn_and_called_so(make_data: MakeData) -> None:
    classes = ["\u06f7", "\u06f3", "5"]
    data = make_data(source={"kind": "font"}, classes=classes, paper="light")
    examples = open_source(data, SPLITS).examples("eval", 0, 40).examples
    names = set()
    for serialized in examples:
        feature = tf.train.Example.FromString(serialized).features.feature
        [label] = feature[features.LABEL].int64_list.value
        [text] = feature[features.TEXT].bytes_list.value
        names.add((label, text.decode()))
    assert names == {*enumerate(classes)}
