"""PNG and JPEG to pixels, in the graph: whatever a server that is asked directly is sent.

Pixels stay whole bytes, and a picture that is far larger than the canvas is never in memory in a
wider type: as float32 with alpha, each of its pixels would take 16 bytes.
"""

from typing import Final

import tensorflow as tf

_JPEG_MAGIC: Final = b"\xff\xd8\xff"
_COLOUR_TYPE_AT: Final = 25
"""Where a PNG's first chunk holds the colour type."""
_WITHOUT_PALETTE_OR_ALPHA: Final = (0, 2)
"""The colour types grey and RGB, of which a tRNS chunk can make one colour transparent."""
_LUMA: Final = (0.299, 0.587, 0.114)
"""Of ITU-R BT.601."""
_JPEG_RATIOS: Final = (8, 4, 2)
_KEPT: Final = 8
"""A JPEG is decoded to no less than so many times the wanted size, if it is that large."""
_BAND: Final = 65_536
"""Pixels that are made opaque at a time."""


def decode(encoded: tf.Tensor, *, height: int, width: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Decodes a PNG or JPEG; what is transparent is black.

    Every colour type and depth of PNG is decoded; of 16 bits, the upper 8 are kept. TensorFlow
    reads no EXIF: a picture that is stored on its side stays so.

    Takes string [], and the height and width in pixels that it will be scaled down to at most: a
    JPEG may come reduced, by a whole factor, to no less than several times that.

    Returns:
        The pixels, uint8 [rows, columns, 1 or 3], grey or RGB; and the height and width of the
        picture in these pixels, float32 [2], which is a fraction less where a JPEG is reduced by
        a factor that does not divide it.

    Raises tf.errors.InvalidArgumentError for bytes that are not a whole PNG or JPEG.
    """
    is_jpeg = tf.equal(tf.strings.substr(encoded, 0, len(_JPEG_MAGIC)), _JPEG_MAGIC)
    return tf.cond(
        is_jpeg, lambda: _decode_jpeg(encoded, height, width), lambda: _decode_png(encoded)
    )


def to_channels(pixels: tf.Tensor, channels: int) -> tf.Tensor:
    """Grey or RGB, float32 [rows, columns, 1 or 3], as `channels` channels."""
    if channels == 1:
        return tf.cond(_is_grey(pixels), lambda: pixels, lambda: _luma(pixels))
    return tf.cond(_is_grey(pixels), lambda: tf.repeat(pixels, 3, axis=-1), lambda: pixels)


def _is_grey(pixels: tf.Tensor) -> tf.Tensor:
    return tf.equal(tf.shape(pixels)[-1], 1)


def _luma(rgb: tf.Tensor) -> tf.Tensor:
    """As one product of matrices, which takes a third of the time of a sum over the last axis."""
    product = tf.matmul(tf.reshape(rgb, [-1, 3]), tf.reshape(tf.constant(_LUMA), [3, 1]))
    return tf.reshape(product, tf.concat([tf.shape(rgb)[:2], [1]], axis=0))


def _decode_jpeg(encoded: tf.Tensor, height: int, width: int) -> tuple[tf.Tensor, tf.Tensor]:
    shape = tf.io.extract_jpeg_shape(encoded)[:2]
    # How much smaller it will be, on the side that decides.
    shrinks = tf.reduce_max(tf.cast(shape, tf.float32) / [height, width])

    def reduced(ratio: int, *smaller: int) -> tuple[tf.Tensor, tf.Tensor]:
        def whole() -> tuple[tf.Tensor, tf.Tensor]:
            pixels = tf.io.decode_jpeg(encoded, channels=3, ratio=ratio)
            return pixels, tf.cast(shape, tf.float32) / ratio

        if ratio == 1:
            return whole()
        return tf.cond(shrinks >= ratio * _KEPT, whole, lambda: reduced(*smaller))

    return reduced(*_JPEG_RATIOS, 1)


def _decode_png(encoded: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    # Asked for channels that the file has not, TensorFlow fills alpha with the highest sample of
    # the file's own depth, such as 1 of 255 where a sample has 1 bit. So it is asked for the
    # file's own, and for alpha only where one colour is transparent.
    pixels = tf.cond(
        _may_have_transparent_colour(encoded),
        lambda: _with_alpha_of_colour(tf.io.decode_png(encoded, channels=4)),
        lambda: tf.io.decode_png(encoded, channels=0),
    )
    pixels = tf.ensure_shape(pixels, [None, None, None])
    has_alpha = tf.equal(tf.shape(pixels)[-1] % 2, 0)
    pixels = tf.cond(has_alpha, lambda: _over_black(pixels), lambda: pixels)
    return pixels, tf.cast(tf.shape(pixels)[:2], tf.float32)


def _may_have_transparent_colour(encoded: tf.Tensor) -> tf.Tensor:
    """True for all grey and RGB with a tRNS chunk, and where these four bytes mean another thing.

    There, every pixel is found to be opaque.
    """
    kind = tf.strings.substr(tf.strings.substr(encoded, 0, _COLOUR_TYPE_AT + 1), -1, 1)
    plain = tf.reduce_any(tf.equal(kind, [bytes([k]) for k in _WITHOUT_PALETTE_OR_ALPHA]))
    return tf.logical_and(plain, tf.strings.regex_full_match(encoded, r"(?s)\C*tRNS\C*"))


def _with_alpha_of_colour(rgba: tf.Tensor) -> tf.Tensor:
    """A pixel has the transparent colour, and alpha 0, or not; then TensorFlow's filling is off."""
    opaque = tf.cast(rgba[..., 3:] > 0, tf.uint8) * 255
    return tf.concat([rgba[..., :3], opaque], axis=-1)


def _over_black(pixels: tf.Tensor) -> tf.Tensor:
    """uint8 [rows, columns, 1 or 3] of pixels with alpha, a band of rows after the other."""
    rows, columns = tf.shape(pixels)[0], tf.shape(pixels)[1]
    height = tf.maximum(_BAND // columns, 1)
    count = -(-rows // height)
    bands = tf.TensorArray(tf.uint8, count, infer_shape=False, element_shape=[None, None, None])

    def add(index: tf.Tensor, bands: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
        band = tf.cast(pixels[index * height : (index + 1) * height], tf.float32)
        opaque = tf.round(band[..., :-1] * band[..., -1:] / 255)
        return index + 1, bands.write(index, tf.cast(opaque, tf.uint8))

    _, bands = tf.while_loop(lambda index, _: index < count, add, (0, bands), parallel_iterations=1)
    return bands.concat()
