"""Decoding, fitting to the canvas, and the way back."""

import io

import cv2
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from numpy.typing import NDArray
from PIL import Image

from trainer.preprocessing import (
    FRAME,
    MEAN,
    PICTURE,
    STDDEV,
    load_pictures,
)
from vocabulary import features


def _encode(pixels: NDArray[np.generic], mode: str, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, form)
    return buffer.getvalue()


def _load(*encoded: bytes, height: int = 75, width: int = 75, channels: int = 1):
    pictures, frames, _ = load_pictures(
        tf.constant(list(encoded)), height=height, width=width, channels=channels
    )
    return pictures.numpy(), frames.numpy()


@pytest.fixture
def grey() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (75, 75), np.uint8)


def test_a_grey_png_of_the_canvas_size_is_its_pixels(grey: NDArray[np.uint8]) -> None:
    pictures, frames = _load(_encode(grey, "L"))
    np.testing.assert_allclose(pictures[0, ..., 0], grey / 255, atol=1e-5)
    np.testing.assert_array_equal(frames, [[0, 0, 1, 1]])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P"])
def test_grey_in_other_modes_of_png_is_the_same(grey: NDArray[np.uint8], mode: str) -> None:
    pictures, _ = _load(_encode(grey, "L"), _encode(grey, mode))
    np.testing.assert_allclose(pictures[1], pictures[0], atol=1 / 255)


def test_a_png_of_16_bits_keeps_its_upper_8(grey: NDArray[np.uint8]) -> None:
    written, png = cv2.imencode(".png", grey.astype(np.uint16) * 257)
    assert written
    pictures, _ = _load(png.tobytes())
    np.testing.assert_allclose(pictures[0, ..., 0], grey / 255, atol=1e-5)


def test_a_jpeg_is_nearly_the_same() -> None:
    smooth = cv2.GaussianBlur(np.eye(75, dtype=np.uint8) * 255, (0, 0), 5) * 8
    pictures, _ = _load(_encode(smooth, "L", "JPEG"), _encode(smooth, "L"))
    np.testing.assert_allclose(pictures[0], pictures[1], atol=0.05)


@pytest.mark.parametrize("paper", [0, 200])
def test_beside_a_picture_of_another_shape_its_paper_goes_on(paper: int) -> None:
    wide = np.full((20, 80), paper, np.uint8)
    wide[5:15, 30:50] = 255 - paper
    encoded = tf.io.encode_png(wide[..., np.newaxis])[tf.newaxis]
    [picture], [frame], _ = load_pictures(encoded, height=80, width=80, channels=1)
    np.testing.assert_allclose(picture[:30], paper / 255, atol=1e-6)
    np.testing.assert_allclose(picture[50:], paper / 255, atol=1e-6)
    np.testing.assert_allclose(frame, (0, 0.375, 1, 0.625))


def test_what_is_transparent_is_black(grey: NDArray[np.uint8]) -> None:
    rgba = np.dstack([np.full((75, 75, 3), 255, np.uint8), grey])
    pictures, _ = _load(_encode(rgba, "RGBA"))
    np.testing.assert_allclose(pictures[0, ..., 0], grey / 255, atol=1e-5)


def test_a_canvas_of_three_channels_keeps_colours() -> None:
    red = np.zeros((75, 75, 3), np.uint8)
    red[..., 0] = 255
    pictures, _ = _load(_encode(red, "RGB"), channels=3)
    np.testing.assert_array_equal(pictures[0, 0, 0], [1, 0, 0])


@pytest.mark.parametrize(
    ("size", "frame"),
    [
        ((150, 150), [0, 0, 1, 1]),
        ((150, 75), [19 / 75, 0, 56 / 75, 1]),
        ((10, 40), [0, 28 / 75, 1, 47 / 75]),
        ((1, 1), [0, 0, 1, 1]),
    ],
)
def test_other_sizes_are_fitted_in_whole(size: tuple[int, int], frame: list[float]) -> None:
    white = np.full(size, 255, np.uint8)
    pictures, frames = _load(_encode(white, "L"))
    np.testing.assert_allclose(frames[0], frame, atol=1.01 / 75)
    assert pictures.min() > 0.99


@pytest.mark.parametrize("period", [2, 3])
def test_what_is_finer_than_the_canvas_is_averaged_not_skipped(period: int) -> None:
    columns = np.where(np.arange(600) % period, 255, 0).astype(np.uint8)
    stripes = np.tile(columns, (600, 1))
    pictures, _ = _load(_encode(stripes, "L"), _encode(np.ascontiguousarray(stripes.T), "L"))
    inner = pictures[:, 2:-2, 2:-2]
    np.testing.assert_allclose(inner, stripes.mean() / 255, atol=0.02)


@pytest.mark.parametrize("encoded", [b"", b"not a picture", b"\xff\xd8\xff\xe0 not a JPEG"])
def test_what_is_no_picture_is_refused(encoded: bytes) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError):
        _load(encoded)


def test_a_png_that_is_cut_off_is_refused(grey: NDArray[np.uint8]) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="PNG"):
        _load(_encode(grey, "L")[:500])


def test_the_training_split_has_mean_0_and_variance_1(
    transform: tft.TFTransformOutput, examples: list[bytes]
) -> None:
    parsed = tf.io.parse_example(examples, transform.raw_feature_spec())
    outputs = transform.transform_features_layer()(parsed)
    assert outputs[PICTURE].shape == (len(examples), 75, 75, 1)
    assert outputs[PICTURE].numpy().mean() == pytest.approx(0, abs=1e-3)
    assert outputs[PICTURE].numpy().std() == pytest.approx(1, abs=1e-3)
    pictures, _, _ = load_pictures(
        tf.reshape(parsed[features.IMAGE], [-1]), height=75, width=75, channels=1
    )
    for key, value in ((MEAN, pictures.numpy().mean()), (STDDEV, pictures.numpy().std())):
        assert outputs[key].numpy() == pytest.approx(np.full([len(examples), 1], value), rel=1e-4)


def test_frames_of_pictures_of_the_canvas_are_the_whole(
    transform: tft.TFTransformOutput, examples: list[bytes]
) -> None:
    parsed = tf.io.parse_example(examples, transform.raw_feature_spec())
    outputs = transform.transform_features_layer()(parsed)
    np.testing.assert_array_equal(outputs[FRAME], np.tile([0, 0, 1, 1], (len(examples), 1)))
