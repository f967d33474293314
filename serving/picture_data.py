"""How much work it is to decode a picture, which its header does not tell.

libpng decompresses all data of a PNG, and a PNG of 75 x 75 pixels can hold 2.5 GB of it in 3 MB. A
progressive JPEG passes over all its pixels again for each scan, and a scan may be a few bytes long.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel, by PNG's colour type."""
_WHOLE: Final = ((0, 0, 1, 1),)
_ADAM7: Final = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
"""Where each pass of an interlaced PNG begins, and its steps: x, y, dx, dy."""
_TOLERANCE: Final = 4096
"""Bytes that a PNG may hold beyond its pixels: some writers add a few, which libpng accepts."""
_MOST_CHUNKS: Final = 20_000
"""The most chunks in a PNG; writers put kilobytes into each."""
_WINDOW: Final = 1 << 16
_USUAL_SCANS: Final = 16
"""Scans of a progressive JPEG; encoders write about ten."""


def png_problem(png: bytes) -> str:
    """Why a PNG is too much work for its number of pixels; empty if it is not."""
    if len(png) < 33:
        return "it ends within its header"
    raw = _raw_bytes(*struct.unpack_from(">IIBBxxB", png, 16))
    inflater = zlib.decompressobj()
    inflated = 0
    try:
        for number, part in enumerate(_data(png)):
            if number > _MOST_CHUNKS:
                return f"it has more than {_MOST_CHUNKS} chunks"
            while (part or inflater.unconsumed_tail) and not inflater.eof:
                inflated += len(inflater.decompress(part, _WINDOW))
                part = inflater.unconsumed_tail
                if inflated > raw + _TOLERANCE:
                    return f"its data inflates to more than the {raw} bytes of its pixels"
    except zlib.error:
        pass  # libpng stops here, too, and the model reports what is wrong
    return ""


def _raw_bytes(width: int, height: int, depth: int, colour: int, interlaced: int) -> int:
    """The bytes of all rows of a PNG, each with the byte that names its filter."""
    bits = depth * _SAMPLES.get(colour, 4)
    raw = 0
    for x, y, dx, dy in _ADAM7 if interlaced else _WHOLE:
        columns, rows = max(0, -(-(width - x) // dx)), max(0, -(-(height - y) // dy))
        raw += rows * (1 + -(-columns * bits // 8)) if columns else 0
    return raw


def _data(png: bytes) -> Iterator[bytes]:
    """The content of each chunk with pixels, and an empty one for each other chunk."""
    at = 8
    while at + 8 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if kind == b"IEND":
            return
        yield png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length


def jpeg_passes(jpeg: bytes) -> int:
    """How many times as often as usual a decoder passes over a JPEG's pixels; 1 for common ones."""
    # Within compressed data 0xFF is followed by 0, so these two bytes begin a scan.
    return -(-jpeg.count(b"\xff\xda") // _USUAL_SCANS) or 1
