"""Compressed data is no more work than the head of a picture says."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from serving.errors import ServingError
from serving.picture_data import jpeg_passes, png_problem
from tests.serving.test_pictures import check


def png(
    width: int, height: int, raw: bytes, *, depth: int = 8, colour: int = 0, interlaced: int = 0
) -> bytes:
    """A PNG with these rows, and a filter byte before each, in chunks of a kilobyte."""
    data = zlib.compress(raw, 9)
    parts = [data[at : at + 1024] for at in range(0, len(data), 1024)]
    chunks = [
        b"IHDR" + struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced),
        *([b"PLTE" + bytes(3)] if colour == 3 else []),
        *(b"IDAT" + part for part in parts),
        b"IEND",
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks
    )


def test_data_that_inflates_to_more_than_its_pixels_is_refused() -> None:
    bomb = png(75, 75, bytes(100 << 20))
    assert len(bomb) < 150_000
    with pytest.raises(ServingError, match="inflates to more than the 49246 bytes"):
        check(bomb)


def test_it_is_inflated_no_further_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    inflated = 0
    real = zlib.decompressobj

    class Counted:
        def __init__(self) -> None:
            self._inflater = real()

        def __getattr__(self, name: str) -> object:
            return getattr(self._inflater, name)

        def decompress(self, data: bytes, most: int) -> bytes:
            nonlocal inflated
            part = self._inflater.decompress(data, most)
            inflated += len(part)
            return part

    monkeypatch.setattr("serving.picture_data.zlib.decompressobj", Counted)
    assert png_problem(png(75, 75, bytes(100 << 20)))
    assert inflated < 200_000


@pytest.mark.parametrize("interlaced", [0, 1])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (75, 75), (1, 3000), (3000, 1)])
def test_the_most_bytes_that_a_picture_can_have_pass(
    width: int, height: int, interlaced: int
) -> None:
    # Four samples of 16 bits, and a byte before each row, of which seven passes have more.
    most = 8 * width * height + 15 * height // 8
    whole = png(width, height, bytes(most), depth=16, colour=6, interlaced=interlaced)
    assert not png_problem(whole)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16", "LA"])
def test_what_pillow_writes_passes(mode: str) -> None:
    rng = np.random.default_rng(3)
    noise = Image.fromarray(rng.integers(0, 255, [61, 83], np.uint8))
    picture = Image.new(mode, (83, 61)) if mode == "I;16" else noise.convert(mode)
    file = io.BytesIO()
    picture.save(file, "png")
    assert png_problem(file.getvalue()) == ""


def test_a_few_bytes_too_many_pass() -> None:
    assert png_problem(png(75, 75, bytes(8 * 75 * 75 + 75 + 100))) == ""


def test_chunks_without_end_are_refused() -> None:
    head, end = png(1, 1, bytes(2))[:33], b"\0\0\0\0IEND"
    assert "20000 chunks" in png_problem(head + b"\0\0\0\0IDAT\0\0\0\0" * 20_002 + end)


@pytest.mark.parametrize("progressive", [False, True])
def test_jpegs_as_they_are_written_pass(progressive: bool) -> None:
    rng = np.random.default_rng(3)
    file = io.BytesIO()
    noise = Image.fromarray(rng.integers(0, 255, [400, 400, 3], np.uint8))
    noise.save(file, "jpeg", progressive=progressive, quality=95)
    assert jpeg_passes(file.getvalue()) == 1


def test_a_jpeg_of_scans_without_end_is_refused() -> None:
    file = io.BytesIO()
    Image.new("L", (2000, 2000)).save(file, "jpeg", progressive=True)
    jpeg = file.getvalue()
    scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    many = jpeg[:-2] + scan * 1000 + jpeg[-2:]
    check(many, max_pixels=1_000_000_000)
    with pytest.raises(ServingError, match="2000 x 2000, in 63 times as many scans as usual"):
        check(many, max_pixels=32_000_000)
