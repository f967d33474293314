"""What people are shown of an answer: its place in the picture, doubts, rows and the drawing."""

import numpy as np
import pytest
from PIL import Image

from digit.answers import NO_DIGIT_BELOW
from digit.predictions import LOW_CONFIDENCE, NO_DIGIT
from tasks.localization.answers import outputs as declared
from tasks.localization.predictions import COLUMNS, NOTHING, SEVERAL, Prediction, draw, read
from vocabulary.classes import TEN
from vocabulary.task.predictions import View

Box = tuple[float, float, float, float]


def outputs(*, probability: float = 0.9, box: Box = (0.25, 0.5, 0.75, 1.0)) -> dict[str, object]:
    """Of a model that reads a 7."""
    probabilities = np.full(10, (1 - probability) / 9, np.float32)
    probabilities[7] = probability
    return {"digit": np.int64(7), "probabilities": probabilities, "box": np.float32(box)}


def prediction(box: Box) -> Prediction:
    probabilities = tuple(float(i == 3) for i in range(10))
    return Prediction(digit=3, name="three", probabilities=probabilities, box=box)


def test_an_answer_is_told_in_the_frame_of_the_picture() -> None:
    seen = read(outputs(), View(square=(0.5, 0.0, 0.5, 0.25)), TEN)
    assert (seen.digit, seen.doubts) == (7, ())
    assert seen.box == (0.625, 0.125, 0.875, 0.25)
    assert seen.probability == pytest.approx(0.9)


def test_a_box_never_leaves_the_picture() -> None:
    seen = read(outputs(box=(0.0, 0.0, 1.0, 1.0)), View(square=(-0.5, 0.1, 2.0, 2.0)), TEN)
    assert seen.box == (0, 0.1, 1, 1)


@pytest.mark.parametrize(("probability", "doubts"), [(0.61, ()), (0.59, (LOW_CONFIDENCE,))])
def test_a_digit_that_is_not_probable_is_in_doubt(
    probability: float, doubts: tuple[str, ...]
) -> None:
    assert read(outputs(probability=probability), View(), TEN).doubts == doubts


def test_a_digit_is_called_as_its_class() -> None:
    seen = read(outputs(), View(), ["cat", "dog", *"abcde", "Löwe", "g", "h"])
    assert (seen.digit, seen.name, seen.label) == (7, "Löwe", "Löwe  0.90")
    assert read(outputs(), View(), ["cat", "dog"]).name == "7"  # they are not this model's


def test_where_none_of_the_ten_is_probable_there_is_no_digit_and_no_box() -> None:
    seen = read(outputs(probability=NO_DIGIT_BELOW - 0.01), View(doubts=("dark",)), TEN)
    assert (seen.digit, seen.box, seen.probability) == (None, None, None)
    assert seen.doubts == (NO_DIGIT, "dark")
    assert len(seen.fields(width=20, height=10)["probabilities"]) == 10
    assert read(outputs(probability=NO_DIGIT_BELOW + 0.01), View(), TEN).digit == 7


def test_more_ink_and_the_doubts_of_the_picture_are_doubts() -> None:
    assert read(outputs(), View(several=True, doubts=("dark",)), TEN).doubts == (SEVERAL, "dark")


def test_every_output_of_the_model_is_a_field() -> None:
    for one in (prediction((0.1, 0.2, 0.3, 0.9)), NOTHING):
        assert set(declared(TEN)) <= set(one.fields(width=200, height=100))
        assert tuple(one.columns(width=200, height=100)) == COLUMNS


def test_nothing_read_has_no_digit_and_no_box() -> None:
    fields = NOTHING.fields(width=200, height=100)
    assert fields.pop("probabilities") == []
    assert set(fields.values()) == {None}
    assert set(NOTHING.columns(width=200, height=100).values()) == {None}


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((0.1, 0.2, 0.3, 0.9), (20, 20, 60, 90)),
        ((0.0, 0.0, 1.0, 1.0), (0, 0, 200, 100)),
        ((0.6, 0.8, 0.2, 0.2), (120, 80, 120, 80)),  # inverted: empty, and where it begins
    ],
)
def test_a_box_in_pixels_is_never_inverted(box: Box, expected: tuple[int, ...]) -> None:
    one = prediction(box)
    assert tuple(one.fields(width=200, height=100)["pixels"]) == expected
    assert tuple(one.columns(width=200, height=100).values()) == ("three", 1.0, *expected)


@pytest.mark.parametrize("side", [150, 700])
def test_the_box_is_drawn_where_it_is(side: int) -> None:
    image = Image.new("RGB", (side, side))
    draw(prediction((0.25, 0.5, 0.75, 0.9)), image)
    coloured = np.ptp(np.asarray(image, int), axis=-1) > 50
    rows, columns = np.nonzero(coloured[int(0.5 * side) :])
    assert columns.min() == pytest.approx(0.25 * side, abs=2)
    assert columns.max() == pytest.approx(0.75 * side, abs=2)
    assert rows.max() == pytest.approx(0.4 * side, abs=2)
    assert not coloured[int(0.65 * side), int(0.4 * side) : int(0.6 * side)].any()
