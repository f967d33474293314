"""From a picture to what is sent of it."""

import io

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from serving.ink import CANVAS, LIGHT_PAPER
from serving.prepare import grey_of, prepare
from tests.serving.ink_pictures import AS_TRAINED, BLANK, ON_PAPER, InkPicture, two_digits
from vocabulary.pictures import open_upright
from vocabulary.task.predictions import View


def png(picture: InkPicture) -> bytes:
    return bytes(cv2.imencode(".png", picture.pixels)[1])


def seen(encoded: bytes) -> NDArray[np.float64]:
    """Where the ink is by the view, (xmin, ymin, xmax, ymax) in shares of the picture.

    In what is sent it is in the middle, and 0.19 wide and 0.28 high.
    """
    left, top, width, height = prepare(encoded, invert="auto").view.square
    return np.array([0.405, 0.36, 0.595, 0.64]) * ([width, height] * 2) + [left, top] * 2


def test_the_view_says_where_in_the_picture_that_is_which_is_sent() -> None:
    picture = ON_PAPER[0]
    prepared = prepare(png(picture), invert="auto")
    with Image.open(io.BytesIO(prepared.encoded)) as sent:
        assert sent.size == (CANVAS, CANVAS)
    height, width = picture.pixels.shape
    ink = seen(png(picture)) * [width, height, width, height]
    np.testing.assert_allclose(ink, picture.box, atol=12)


def test_of_a_picture_on_its_side_it_is_that_of_the_upright_picture() -> None:
    picture = ON_PAPER[0]
    exif = Image.Exif()
    exif[0x0112] = 6
    written = io.BytesIO()
    turned = Image.fromarray(picture.pixels).transpose(Image.Transpose.ROTATE_90)
    turned.save(written, "JPEG", exif=exif, quality=95)
    np.testing.assert_allclose(seen(written.getvalue()), seen(png(picture)), atol=0.01)


def test_as_trained_the_very_bytes_are_sent() -> None:
    encoded = png(AS_TRAINED[0])
    prepared = prepare(encoded, invert="auto")
    assert prepared.encoded == encoded
    assert prepared.view == View()


def test_for_a_model_of_light_paper_the_inverse_is_sent() -> None:
    for picture in (ON_PAPER[0], AS_TRAINED[0]):
        prepared = prepare(png(picture), invert="auto")
        dark, light = (
            grey_of(open_upright(one.encoded)) for one in (prepared, prepared.on_light_paper())
        )
        np.testing.assert_array_equal(light, 255 - dark)
        assert prepared.on_light_paper().view == prepared.view


def test_light_paper_that_is_not_inverted_is_as_such_a_model_knows_it() -> None:
    prepared = prepare(png(ON_PAPER[0]), invert="no").on_light_paper()
    assert (prepared.encoded, prepared.view) == (png(ON_PAPER[0]), View())


def test_the_view_has_the_doubts_that_the_picture_shows() -> None:
    assert prepare(png(ON_PAPER[0]), invert="no").view.doubts == (LIGHT_PAPER,)
    assert prepare(png(two_digits()), invert="auto").view.several


@pytest.mark.parametrize("picture", BLANK, ids=lambda picture: picture.name)
def test_a_blank_picture_is_blank(picture: InkPicture) -> None:
    assert prepare(png(picture), invert="auto").is_blank


def test_16_bits_are_seen_as_8() -> None:
    grey = ON_PAPER[0].pixels
    deep = bytes(cv2.imencode(".png", grey.astype(np.uint16) * 257)[1])
    np.testing.assert_array_equal(grey_of(open_upright(deep)), grey)
