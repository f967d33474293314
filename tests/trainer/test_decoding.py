"""Every kind of PNG and JPEG, beside what the specification and Pillow say that it shows."""

import io

import cv2
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray
from PIL import Image

from tests.trainer.png_files import GREY, KINDS, PALETTE, RGB, Kind, write_png
from trainer.decoding import decode
from trainer.preprocessing import load_pictures

LUMA = np.array([0.299, 0.587, 0.114])
A_LEVEL = 1 / 255 + 1e-6


def _load(*encoded: bytes, side: int = 75, channels: int = 1) -> NDArray[np.float32]:
    pictures, _, _ = load_pictures(
        tf.constant(list(encoded)), height=side, width=side, channels=channels
    )
    return pictures.numpy()


def _encode(pixels: NDArray[np.generic], form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **options)
    return buffer.getvalue()


def _over_black(rgba: NDArray[np.float64]) -> NDArray[np.float64]:
    return rgba[..., :3] * rgba[..., 3:]


def _pillow(encoded: bytes) -> NDArray[np.float64]:
    """RGBA [height, width, 4] in [0, 1]."""
    with Image.open(io.BytesIO(encoded)) as image:
        return np.asarray(image.convert("RGBA")) / 255


def _pillow_is_right(kind: Kind) -> bool:
    """Pillow 12 clips grey of 16 bits, and leaves tRNS unscaled in grey of 2 and 4, RGB of 16."""
    if kind.colour == GREY and kind.depth == 16:
        return False
    return not (
        kind.transparency and (kind.colour, kind.depth) in ((GREY, 2), (GREY, 4), (RGB, 16))
    )


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_png_is_read_as_it_is_shown(kind: Kind, channels: int) -> None:
    encoded, shown = write_png(kind, height=21, width=21)
    expected = _over_black(shown)
    # Of 16 bits, a colour and its alpha are each cut off to 8.
    nearly = 2 * A_LEVEL if kind.depth == 16 else A_LEVEL
    if _pillow_is_right(kind):
        np.testing.assert_allclose(_over_black(_pillow(encoded)), expected, atol=nearly)
    if channels == 1:
        expected = expected @ LUMA[:, np.newaxis]
    np.testing.assert_allclose(_load(encoded, side=21, channels=channels)[0], expected, atol=nearly)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_png_is_scaled_as_its_pixels_are(kind: Kind) -> None:
    encoded, shown = write_png(kind, height=300, width=250)
    grey = _over_black(shown) @ LUMA[:, np.newaxis]
    scaled = tf.image.resize(grey, [30, 25], antialias=True)
    np.testing.assert_allclose(_load(encoded, side=30)[0, :, 2:27], scaled, atol=A_LEVEL)


def test_one_bit_of_two_writers_is_as_bright_as_eight() -> None:
    two = np.uint8(np.random.default_rng(0).integers(0, 2, (75, 75)) * 255)
    bilevel = cv2.imencode(".png", two, [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes()
    buffer = io.BytesIO()
    Image.fromarray(two).convert("1").save(buffer, "PNG")
    eight, *others = _load(_encode(two), bilevel, buffer.getvalue())
    for other in others:
        np.testing.assert_array_equal(other, eight)


def test_text_that_names_the_chunk_makes_nothing_transparent() -> None:
    kind = next(k for k in KINDS if (k.colour, k.depth) == (GREY, 1))
    encoded, shown = write_png(kind, height=20, width=20)
    with Image.open(io.BytesIO(encoded)) as image:
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_text("Comment", "has no tRNS chunk")
        buffer = io.BytesIO()
        image.save(buffer, "PNG", pnginfo=info)
    assert b"tRNS" in buffer.getvalue()
    np.testing.assert_allclose(_load(buffer.getvalue(), side=20)[0], shown[..., :1], atol=A_LEVEL)


def test_bytes_stay_bytes_until_they_are_scaled() -> None:
    for kind in KINDS:
        pixels, _ = decode(tf.constant(write_png(kind, height=9, width=9)[0]), height=3, width=3)
        assert pixels.dtype == tf.uint8
        assert pixels.shape[-1] == (1 if kind.colour & ~4 == GREY and not kind.transparency else 3)
    assert {kind.colour for kind in KINDS} >= {GREY, RGB, PALETTE}


def _photograph(height: int, width: int) -> NDArray[np.uint8]:
    """Ink on paper, with edges as sharp as a pen's and a little noise."""
    random = np.random.default_rng(1)
    pixels = np.full((height, width, 3), (200, 190, 180), np.uint8)
    for _ in range(12):
        start, end = (tuple(map(int, random.integers(0, (width, height)))) for _ in range(2))
        cv2.line(pixels, start, end, (40, 30, 90), width // 60, cv2.LINE_AA)
    return np.uint8(np.clip(pixels + random.normal(0, 6, pixels.shape), 0, 255))


@pytest.mark.parametrize("size", [(300, 300), (601, 799), (1203, 1601), (2448, 3263)])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_large_jpeg_is_decoded_smaller_and_seen_alike(
    size: tuple[int, int], progressive: bool
) -> None:
    encoded = _encode(_photograph(*size), "JPEG", quality=90, progressive=progressive)
    pixels, shape = decode(tf.constant(encoded), height=75, width=75)
    assert max(pixels.shape[:2]) < 75 * 8 * 2 + 1
    np.testing.assert_allclose(shape, np.array(size) * pixels.shape[0] / size[0], atol=1)
    whole = (
        tf.cast(tf.io.decode_jpeg(encoded, channels=3), tf.float32)
        / 255
        @ LUMA.astype(np.float32)[:, np.newaxis]
    )
    rows = round(75 * size[0] / size[1])
    expected = tf.image.resize(whole, [rows, 75], antialias=True)
    top = (75 - rows) // 2
    seen = _load(encoded)[0, top : top + rows]
    # Beyond the last whole pixel a JPEG repeats it, which the last row and column show.
    np.testing.assert_allclose(seen[:-1, :-1], np.asarray(expected)[:-1, :-1], atol=A_LEVEL)
    np.testing.assert_allclose(seen, expected, atol=3 * A_LEVEL)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_every_kind_of_jpeg_is_read(mode: str) -> None:
    smooth = cv2.GaussianBlur(np.eye(75, dtype=np.uint8) * 255, (0, 0), 5) * 8
    buffer = io.BytesIO()
    Image.fromarray(smooth).convert(mode).save(buffer, "JPEG", quality=95)
    np.testing.assert_allclose(_load(buffer.getvalue())[0, ..., 0], smooth / 255, atol=0.05)
