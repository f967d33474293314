"""Strips: where digits go, what their boxes are, and what is recorded of them."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError

from components.digit_example_gen.drawn import Drawn
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.picture import Picture
from components.digit_example_gen.shape import AROUND
from components.digit_example_gen.sources import uci
from components.digit_example_gen.synthesis import Recipe, draw_examples
from vocabulary import features
from vocabulary.ink import INK

MakeData = Callable[..., DataOptions]
SPLITS = ("train", "eval")
GLYPHS = uci.load(splits=SPLITS)
HARD = {
    "digits": (1, 5), "spacing": (-4.0, 8.0), "baseline": (-3.0, 3.0), "scale": (0.7, 1.3),
    "rotation": (-15.0, 15.0), "slant": (-10.0, 10.0), "noise": (0.0, 0.1), "clutter": (0, 3),
    "elastic": (0.0, 0.5),
}  # fmt: skip


def strips(data: DataOptions, count: int = 200) -> list[tuple[Picture, list[int]]]:
    """Pictures of the eval split, and which glyphs are in each."""
    return list(zip(*Drawn(data, GLYPHS).pictures("eval", 0, count), strict=True))


def test_in_cells_glyphs_are_copied_pixel_for_pixel_from_any_cell_on(make_data: MakeData) -> None:
    data = make_data(size=(28, 140), digits=(1, 5))
    first_cells = set()
    for picture, chosen in strips(data):
        cells = picture.pixels.reshape(28, 5, 28).swapaxes(0, 1)
        filled = np.flatnonzero(cells.any(axis=(1, 2)))
        assert (np.diff(filled) == 1).all()
        assert (cells[filled] == GLYPHS["eval"].pictures[chosen]).all()
        first_cells.add((len(chosen), int(filled[0])))
    every = {(count, cell) for count in range(1, 6) for cell in range(6 - count)}
    assert first_cells == every


@pytest.mark.parametrize("size", [(28, 140), (40, 200), (64, 90)])
def test_boxes_are_tight_around_each_digit_in_reading_order(
    make_data: MakeData, size: tuple[int, int]
) -> None:
    apart = {"scale": (0.7, 1.0), "spacing": (1.0, 8.0)}
    clean = HARD | apart | {"noise": (0.0, 0.0), "clutter": (0, 0)}
    for picture, chosen in strips(make_data(size=size, **clean)):
        ink = picture.pixels >= INK
        assert len(picture.boxes) == len(chosen) >= 1
        for left, right in zip(picture.boxes, picture.boxes[1:], strict=False):
            assert left[2] < right[0]
        for xmin, ymin, xmax, ymax in picture.boxes:
            x, y, width, height = cv2.boundingRect(ink[:, xmin:xmax].astype(np.uint8))
            assert (x, y, width, height) == (0, ymin, xmax - xmin, ymax - ymin)
            ink[ymin:ymax, xmin:xmax] = False
        assert not ink.any()


def test_digits_may_begin_and_end_at_both_borders(make_data: MakeData) -> None:
    data = make_data(size=(40, 120), digits=(2, 3), spacing=(0.0, 4.0))
    boxes = [picture.boxes for picture, _ in strips(data, 1000)]
    assert min(some[0][0] for some in boxes) == 0
    assert max(some[-1][2] for some in boxes) == 120


def test_as_many_digits_are_drawn_as_the_canvas_holds(make_data: MakeData) -> None:
    data = make_data(size=(28, 60), digits=(5, 5), spacing=(4.0, 4.0))
    counts = {len(picture.boxes) for picture, _ in strips(data)}
    assert max(counts) < 5
    assert min(counts) >= 2
    turned = make_data(size=(28, 28), digits=(1, 2), spacing=(0.0, 0.0), rotation=(-45.0, 45.0))
    assert {len(picture.boxes) for picture, _ in strips(turned)} == {1, 2}


def test_it_is_told_how_many_neighbours_touch(make_data: MakeData) -> None:
    data = make_data(size=(28, 140), digits=(2, 2), spacing=(-2.0, 3.0))
    told = []
    for picture, _ in strips(data):
        count, _ = cv2.connectedComponents((picture.pixels >= INK).view(np.uint8), connectivity=8)
        told.append(picture.scene.touching)
        if picture.scene.touching == 0:
            first, second = ((picture.pixels >= INK).view(np.uint8) for _ in range(2))
            first[:, picture.boxes[1][0] :], second[:, : picture.boxes[0][2]] = 0, 0
            assert count > 2
            assert not (cv2.dilate(first, AROUND) & second).any()
    assert 0.1 < np.mean(told) < 0.9
    in_cells = strips(make_data(size=(28, 140), digits=(1, 5)))
    assert {picture.scene.touching for picture, _ in in_cells} == {0}


def test_the_ink_of_all_digits_is_written_where_it_is_asked_for(make_data: MakeData) -> None:
    for picture, _ in strips(make_data(size=(28, 140), digits=(1, 5), ink=True), 20):
        assert ((picture.ink == 255) == (picture.pixels >= INK)).all()


def test_each_digit_and_the_paper_have_a_hue_of_their_own(make_data: MakeData) -> None:
    known = {"size": (40, 140), "channels": 3, "paper": "light", "digits": (2, 5)}
    known |= {"spacing": (3.0, 8.0), "contrast": (0.5, 0.5), "background": (0.1, 0.1)}
    grey = [picture for picture, _ in strips(make_data(**known), 20)]
    full = [picture for picture, _ in strips(make_data(**known, colour=(1.0, 1.0)), 20)]
    apart = []
    for plain, picture in zip(grey, full, strict=True):
        assert picture.boxes == plain.boxes
        # The grey is the value of HSV, and a hue of full saturation lacks one channel.
        value = plain.pixels[..., 0].astype(int)
        assert (abs(picture.pixels.max(axis=-1) - value) <= 1).mean() > 0.9
        hue, saturation, _ = cv2.split(cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2HSV))
        surely = value < value.max() * 0.6
        assert saturation[surely].mean() > 200
        inks = [surely[:, xmin:xmax] for xmin, _, xmax, _ in picture.boxes]
        hues = [
            float(np.median(hue[:, xmin:xmax][ink]))
            for ink, (xmin, _, xmax, _) in zip(inks, picture.boxes, strict=True)
            if ink.any()
        ]
        apart.append(np.ptp([*hues, float(np.median(hue[value == value.max()]))]) > 10)
    assert np.mean(apart) > 0.9


def examples(data: DataOptions, split: str, start: int, stop: int) -> list[bytes]:
    return draw_examples(Recipe(data.model_dump_json(), split, SPLITS, 2000), start, stop)


def values(example: bytes, key: str) -> list[Any]:
    feature = tf.train.Example.FromString(example).features.feature[key]
    return list(getattr(feature, feature.WhichOneof("kind") or "int64_list").value)


def test_an_example_lists_the_digits_of_its_own_split_from_the_left(make_data: MakeData) -> None:
    data = make_data(size=(40, 140), empty=0.1, **HARD)
    names = {split: set(GLYPHS[split].names.tolist()) for split in SPLITS}
    assert not names["train"] & names["eval"]
    for split in SPLITS:
        lengths = set()
        for example in examples(data, split, 0, 100):
            labels, texts = values(example, features.LABEL), values(example, features.TEXT)
            assert [text.decode() for text in texts] == [str(label) for label in labels]
            edges = [values(example, key) for key in features.BOX]
            assert {len(edge) for edge in edges} == {len(labels)}
            (source,) = values(example, features.SOURCE_ID)
            if labels:
                assert set(source.decode().split()) <= names[split]
            lengths.add(len(labels))
        assert lengths == {0, 1, 2, 3, 4, 5}


def test_an_example_depends_on_its_index_alone(make_data: MakeData) -> None:
    data = make_data(size=(40, 140), **HARD)
    together = examples(data, "train", 980, 1020)
    assert examples(data, "train", 995, 1005) == together[15:25]
    assert len(set(together)) == 40


def test_options_of_strips_change_no_picture_of_one_digit(make_data: MakeData) -> None:
    off = HARD | {"digits": (1, 1)}
    plain = make_data(**off | {"spacing": None, "baseline": (0.0, 0.0)})
    more = make_data(**off)
    assert examples(more, "train", 0, 30) == examples(plain, "train", 0, 30)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"digits": (3, 1)}, "digits's low end is above its high end; swap them"),
        ({"digits": (0, 1)}, "greater than or equal to 1"),
        ({"digits": (1, 3), "size": (28, 60)}, "up to 3, and a canvas 60 pixels wide has 2 cells"),
        ({"digits": (1, 2), "scale": (1.0, 1.5), "size": (28, 84)}, "needs 42 pixels, the canvas"),
        ({"digits": (1, 2), "extent": "patch"}, "patch has no meaning for several digits"),
        ({"spacing": (3.0, 1.0)}, "swap them"),
        ({"colour": (0.0, 0.5)}, "a canvas of one channel is grey; set canvas.channels to 3"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(
    make_data: MakeData, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        make_data(**settings)


def test_a_turned_glyph_may_fill_the_height_of_a_strip(make_data: MakeData) -> None:
    data = make_data(size=(28, 140), digits=(1, 5), augmentation={"rotation": 20.0})
    assert data.scene_of("train").rotation == (-20, 20)
