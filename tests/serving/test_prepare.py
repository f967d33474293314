"""From a picture to what is sent, and from the answer back to the picture."""

import io

import cv2
import numpy as np
import pytest
from ink_pictures import AS_TRAINED, BLANK, ON_PAPER, InkPicture
from PIL import Image

from serving.ink import CANVAS
from serving.prediction import Prediction
from serving.prepare import LOW_CONFIDENCE, grey_of, prepare
from vocabulary.pictures import open_upright


def png(picture: InkPicture) -> bytes:
    return bytes(cv2.imencode(".png", picture.pixels)[1])


def answer(*, probability: float = 0.9) -> Prediction:
    """That the model sees the 7 in the middle of the canvas, to the pixel."""
    rest = (1 - probability) / 9
    probabilities = tuple(probability if digit == 7 else rest for digit in range(10))
    return Prediction(digit=7, probabilities=probabilities, box=(0.4, 0.35, 0.6, 0.65))


def test_the_box_is_told_in_the_frame_of_the_picture() -> None:
    picture = ON_PAPER[0]
    prepared = prepare(png(picture), invert="auto")
    with Image.open(io.BytesIO(prepared.encoded)) as sent:
        assert sent.size == (CANVAS, CANVAS)
    box = prepared.finish(answer()).box
    height, width = picture.pixels.shape
    found = np.array(box) * [width, height, width, height]
    np.testing.assert_allclose(found, picture.box, atol=12)


def test_of_a_picture_on_its_side_it_is_that_of_the_upright_picture() -> None:
    picture = ON_PAPER[0]
    exif = Image.Exif()
    exif[0x0112] = 6
    written = io.BytesIO()
    turned = Image.fromarray(picture.pixels).transpose(Image.Transpose.ROTATE_90)
    turned.save(written, "JPEG", exif=exif, quality=95)
    one = prepare(png(picture), invert="auto").finish(answer())
    other = prepare(written.getvalue(), invert="auto").finish(answer())
    np.testing.assert_allclose(other.box, one.box, atol=0.01)


def test_a_box_never_leaves_the_picture() -> None:
    whole = Prediction(digit=1, probabilities=(0, 1) + (0,) * 8, box=(0.0, 0.0, 1.0, 1.0))
    box = prepare(png(ON_PAPER[2]), invert="auto").finish(whole).box
    assert box == (0, 0, 1, 1)


def test_as_trained_the_very_bytes_are_sent() -> None:
    encoded = png(AS_TRAINED[0])
    prepared = prepare(encoded, invert="auto")
    assert prepared.encoded == encoded
    assert prepared.finish(answer()) == answer()


@pytest.mark.parametrize(("probability", "doubts"), [(0.61, ()), (0.59, (LOW_CONFIDENCE,))])
def test_a_digit_that_is_not_probable_is_in_doubt(
    probability: float, doubts: tuple[str, ...]
) -> None:
    prepared = prepare(png(AS_TRAINED[0]), invert="auto")
    assert prepared.finish(answer(probability=probability)).doubts == doubts


@pytest.mark.parametrize("picture", BLANK, ids=lambda picture: picture.name)
def test_a_blank_picture_is_blank(picture: InkPicture) -> None:
    assert prepare(png(picture), invert="auto").is_blank


def test_16_bits_are_seen_as_8() -> None:
    grey = ON_PAPER[0].pixels
    deep = bytes(cv2.imencode(".png", grey.astype(np.uint16) * 257)[1])
    np.testing.assert_array_equal(grey_of(open_upright(deep)), grey)
