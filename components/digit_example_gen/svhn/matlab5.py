"""MATLAB 5 files of arrays of numbers that are too large for memory.

SciPy reads an array whole. Here each is unpacked piece by piece into a file that is mapped: the
pictures in SVHN's `extra_32x32.mat` are 1.6 GB.

Source: MathWorks, "MAT-File Format", chapter 1 (level 5: tags, elements, compression).
"""

import math
import struct
import tempfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from vocabulary.errors import UserError

_HEADER: Final = 128
_MATRIX: Final = 14
_COMPRESSED: Final = 15
_DTYPES: Final = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8"}
_CHUNK: Final = 1 << 20


def read_arrays(path: str) -> dict[str, NDArray[Any]]:
    """The arrays of numbers in a file by name, as MATLAB has them, mapped from unpacked files.

    Raises:
        UserError: if the file is no such one, or damaged.
    """
    try:
        with open(path, "rb") as file:
            return dict(_arrays(file))
    except (OSError, KeyError, ValueError, EOFError, zlib.error, struct.error) as error:
        raise UserError(f"{path} is no whole MATLAB 5 file ({error}); fetch it again") from error


def _arrays(file: IO[bytes]) -> Iterator[tuple[str, NDArray[Any]]]:
    """The name and values of each array of numbers in a file."""
    head = file.read(_HEADER)
    if head[124:128] != b"\x00\x01IM":
        raise ValueError("it does not begin as one of little-endian numbers")
    while tag := file.read(8):
        kind, size = struct.unpack("<II", tag)
        if kind not in (_MATRIX, _COMPRESSED):
            raise ValueError(f"an element of type {kind}")
        element = _Element(file, size, packed=kind == _COMPRESSED)
        if kind == _COMPRESSED:
            element.read(8)  # the matrix has a tag of its own
        yield _array(element)
        element.skip()


class _Element:
    """The bytes of an element one after the other, unpacked if they are packed."""

    def __init__(self, file: IO[bytes], size: int, *, packed: bool):
        self._file, self._left = file, size
        self._unpacker = zlib.decompressobj() if packed else None
        self._ready = b""

    def read(self, size: int) -> bytes:
        while len(self._ready) < size:
            self._ready += self._more()
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def copy(self, size: int, target: IO[bytes]) -> None:
        while size:
            part = self.read(min(size, _CHUNK))
            target.write(part)
            size -= len(part)

    def skip(self) -> None:
        self._file.seek(self._left, 1)

    def _more(self) -> bytes:
        if self._unpacker and self._unpacker.unconsumed_tail:
            return self._unpacker.decompress(self._unpacker.unconsumed_tail, _CHUNK)
        part = self._file.read(min(self._left, _CHUNK))
        if not part:
            raise EOFError("it is cut off")
        self._left -= len(part)
        return self._unpacker.decompress(part, _CHUNK) if self._unpacker else part


def _array(element: _Element) -> tuple[str, NDArray[Any]]:
    """A matrix: its flags, dimensions and name, and then its values."""
    _small(element)
    shape = tuple(np.frombuffer(_small(element), "<i4").tolist())
    name = _small(element).decode()
    kind, size = struct.unpack("<II", element.read(8))
    if kind >> 16:  # so few values that they stand in the tag
        few = struct.pack("<I", size)[: kind >> 16]
        return name, np.frombuffer(few, "<" + _DTYPES[kind & 0xFFFF]).reshape(shape, order="F")
    dtype = np.dtype("<" + _DTYPES[kind])
    if size != dtype.itemsize * math.prod(shape):
        raise ValueError(f"{name} has {size} bytes for {shape} values")
    with tempfile.TemporaryFile() as unpacked:
        element.copy(size, unpacked)
        unpacked.flush()
        return name, np.memmap(unpacked, dtype, "r", shape=shape, order="F")


def _small(element: _Element) -> bytes:
    """A part of a matrix before its values, which are padded to eight bytes."""
    kind, size = struct.unpack("<II", element.read(8))
    if kind >> 16:
        return struct.pack("<I", size)[: kind >> 16]
    return element.read(-(-size // 8) * 8)[:size]
