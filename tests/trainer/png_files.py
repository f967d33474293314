"""Writes PNGs of every colour type and depth, interlaced or not, by the specification alone.

Pillow and OpenCV write some of them only. https://www.w3.org/TR/png-3/
"""

import struct
import zlib
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
_SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
_DEPTHS = {
    GREY: (1, 2, 4, 8, 16),
    RGB: (8, 16),
    PALETTE: (1, 2, 4, 8),
    GREY_ALPHA: (8, 16),
    RGB_ALPHA: (8, 16),
}
_ADAM7 = (
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
)
"""First row, first column, step of rows, step of columns of each pass."""


@dataclass(frozen=True)
class Kind:
    """A colour type, a depth, whether there is a tRNS chunk, and whether it is interlaced."""

    colour: int
    depth: int
    transparency: bool
    interlaced: bool

    def __str__(self) -> str:
        names = {
            GREY: "grey",
            RGB: "rgb",
            PALETTE: "palette",
            GREY_ALPHA: "grey-alpha",
            RGB_ALPHA: "rgba",
        }
        rest = "-tRNS" * self.transparency + "-interlaced" * self.interlaced
        return f"{names[self.colour]}-{self.depth}{rest}"


KINDS = [
    Kind(colour, depth, transparency, interlaced)
    for colour, depths in _DEPTHS.items()
    for depth, transparency, interlaced in product(depths, (False, True), (False, True))
    if colour < GREY_ALPHA or not transparency
]


def write_png(
    kind: Kind, *, height: int, width: int, seed: int = 0
) -> tuple[bytes, NDArray[np.float64]]:
    """A PNG of random samples, and what it shows: RGBA [height, width, 4] in [0, 1]."""
    random = np.random.default_rng(seed)
    top = 2**kind.depth - 1
    samples = random.integers(0, top + 1, (height, width, _SAMPLES[kind.colour]))
    chunks = [
        (
            b"IHDR",
            struct.pack(">IIBBBBB", width, height, kind.depth, kind.colour, 0, 0, kind.interlaced),
        )
    ]
    if kind.colour == PALETTE:
        palette = random.integers(0, 256, (top + 1, 3))
        chunks.append((b"PLTE", palette.astype(np.uint8).tobytes()))
        alphas = np.full(top + 1, 255)
        if kind.transparency:
            alphas[: top // 2 + 1] = random.integers(0, 256, top // 2 + 1)
            chunks.append((b"tRNS", alphas[: top // 2 + 1].astype(np.uint8).tobytes()))
        shown = np.concatenate([palette, alphas[:, None]], axis=1)[samples[..., 0]] / 255
    else:
        colours = samples[..., : 3 if kind.colour & RGB else 1]
        alpha = samples[..., -1:] / top if kind.colour & GREY_ALPHA else np.ones((height, width, 1))
        if kind.transparency:
            key = colours[height // 2, width // 2].copy()
            colours[: height // 2] = np.where(
                random.random((height // 2, width, 1)) < 0.5, key, colours[: height // 2]
            )
            alpha = alpha * (colours != key).any(axis=-1, keepdims=True)
            chunks.append((b"tRNS", key.astype(">u2").tobytes()))
        shown = np.concatenate([np.broadcast_to(colours / top, (height, width, 3)), alpha], axis=-1)
    passes = _ADAM7 if kind.interlaced else ((0, 0, 1, 1),)
    lines = (
        line
        for row, column, rows, columns in passes
        if samples[row::rows, column::columns].size
        for line in samples[row::rows, column::columns]
    )
    data = b"".join(b"\0" + _packed(line, kind.depth) for line in lines)
    chunks += [(b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks), shown


def _packed(line: NDArray[np.int64], depth: int) -> bytes:
    if depth == 16:
        return line.astype(">u2").tobytes()
    bits = np.unpackbits(line.astype(np.uint8).reshape(-1, 1), axis=1)[:, 8 - depth :]
    return np.packbits(bits.ravel()).tobytes()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
