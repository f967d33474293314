"""Checks pictures before they are decoded.

A PNG of 40,000 x 40,000 pixels is 200 KB long and needs 1.6 GB when it is decoded.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy.typing as npt
from google.protobuf.message import DecodeError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from serving.errors import invalid
from serving.picture_data import jpeg_passes, png_problem
from vocabulary import features
from vocabulary.signatures import IMAGE_BYTES

_PNG: Final = b"\x89PNG"
_JPEG: Final = b"\xff\xd8\xff"
_READERS: Final = {_PNG: PngImageFile, _JPEG: JpegImageFile}


def check_pictures(
    inputs: Mapping[str, npt.NDArray[Any]], *, max_pictures: int, max_pixels: int
) -> int:
    """Checks the number and the size of the pictures in a request.

    Returns:
        The pixels of all pictures in the inputs `image_bytes` and `examples`, and of all canvases.

    Raises ServingError if there is no picture, or too many pictures or pixels, or if a picture is
    neither PNG nor JPEG, or its compressed data is more work than its pixels.
    """
    for value in inputs.values():
        # Each string is a picture; of numbers, each row is a canvas.
        count = value.size if value.dtype == object or not value.ndim else len(value)
        if not 1 <= count <= max_pictures:
            raise invalid(f"the request has {count} pictures; send 1 to {max_pictures}")
    pixels = sum(value.size for value in inputs.values() if value.dtype != object)
    for index, picture in enumerate(_pictures(inputs)):
        if index == max_pictures:
            raise invalid(f"the request has more than {max_pictures} pictures; send fewer at once")
        width, height = _size(picture, index)
        passes = jpeg_passes(picture) if picture.startswith(_JPEG) else 1
        pixels += width * height * passes
        if pixels > max_pixels:
            scans = f", in {passes} times as many scans as usual" if passes > 1 else ""
            raise invalid(
                f"picture {index} is {width} x {height}{scans}, and with it the request has more "
                f"than {max_pixels} pixels; send smaller pictures, or fewer at once"
            )
        if picture.startswith(_PNG) and (problem := png_problem(picture)):
            raise invalid(f"picture {index} is broken: {problem}")
    return pixels


def _pictures(inputs: Mapping[str, npt.NDArray[Any]]) -> Iterator[bytes]:
    if IMAGE_BYTES in inputs:
        yield from _strings(inputs[IMAGE_BYTES])
    if "examples" in inputs:
        import tensorflow as tf

        for index, record in enumerate(_strings(inputs["examples"])):
            try:
                example = tf.train.Example.FromString(record)
            except DecodeError as error:
                raise invalid(f"example {index} is no tf.Example") from error
            yield from example.features.feature[features.IMAGE].bytes_list.value


def _strings(array: npt.NDArray[Any]) -> Iterable[bytes]:
    # Values of another type are rejected by the signature's check.
    return (value for value in array.ravel() if isinstance(value, bytes))


def _size(picture: bytes, index: int) -> tuple[int, int]:
    reader = next((r for head, r in _READERS.items() if picture.startswith(head)), None)
    if reader is None:
        raise invalid(f"picture {index} is neither PNG nor JPEG")
    try:
        # Pillow reads the header only, until pixels are requested.
        with reader(io.BytesIO(picture)) as head:
            return head.size
    except (OSError, SyntaxError, ValueError) as error:
        raise invalid(f"picture {index} is broken: {error}") from error
