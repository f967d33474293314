"""How much work it is to decode a picture, which its header does not tell.

libpng decompresses all data of a PNG, and a PNG of 75 x 75 pixels can hold 2.5 GB of it in 3 MB. A
progressive JPEG passes over all its pixels again for each scan, and a scan may be a few bytes long.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

_MOST_PER_PIXEL: Final = 8
"""Bytes of a pixel of four samples of 16 bits, the largest that PNG has."""
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
    width, height = struct.unpack_from(">II", png, 16)
    # Each row begins with a byte of its own; an interlaced PNG has less than twice as many rows.
    most = _MOST_PER_PIXEL * width * height + 2 * height + _TOLERANCE
    inflater = zlib.decompressobj()
    inflated = 0
    try:
        for number, part in enumerate(_data(png)):
            if number > _MOST_CHUNKS:
                return f"it has more than {_MOST_CHUNKS} chunks"
            while (part or inflater.unconsumed_tail) and not inflater.eof:
                inflated += len(inflater.decompress(part, _WINDOW))
                part = inflater.unconsumed_tail
                if inflated > most:
                    return f"its data inflates to more than the {most} bytes that its pixels take"
    except zlib.error:
        pass  # libpng stops here, too, and the model reports what is wrong
    return ""


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
