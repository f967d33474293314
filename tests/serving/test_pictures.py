"""Pictures are judged by their heads."""

import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import ServingError
from serving.pictures import check_pictures
from tests.serving.known_model import example, picture
from vocabulary import features


def check(*pictures: bytes, max_pixels: int = 1_000_000, name: str = "image_bytes") -> None:
    inputs = {name: np.array(pictures, dtype=object)}
    check_pictures(inputs, max_pictures=20, max_pixels=max_pixels)


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    head = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(100))
    chunks = (
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (head, data)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("side", [40_000, 2_000_000_000])
def test_a_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(ServingError, match=f"{side} x {side}"):
        check(bomb(side))


def test_a_bomb_within_an_example_is_refused() -> None:
    with pytest.raises(ServingError, match="40000 x 40000"):
        check(example(bomb(40_000)), name="examples")


def test_many_pictures_count_together() -> None:
    check(*[picture(1, side=100)] * 10, max_pixels=100_000)
    with pytest.raises(ServingError, match="picture 10 is 100 x 100"):
        check(*[picture(1, side=100)] * 11, max_pixels=100_000)


def test_many_tiny_pictures_are_refused_and_so_is_none() -> None:
    check(*[picture(1)] * 20)
    with pytest.raises(ServingError, match="has 21 pictures; send 1 to 20"):
        check(*[picture(1)] * 21)
    with pytest.raises(ServingError, match="has 0 pictures"):
        check()


def test_a_picture_repeated_by_its_shape_is_counted_each_time() -> None:
    with pytest.raises(ServingError, match="has 21 pictures"):
        check_pictures(
            {"image_bytes": np.full([1, 21], picture(1), dtype=object)},
            max_pictures=20,
            max_pixels=1_000_000,
        )


def test_pictures_within_one_example_are_counted() -> None:
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[picture(1)] * 21))
    record = tf.train.Example(features=tf.train.Features(feature={features.IMAGE: feature}))
    with pytest.raises(ServingError, match="more than 20 pictures"):
        check(record.SerializeToString(), name="examples")


def test_canvases_count_as_pictures() -> None:
    with pytest.raises(ServingError, match="has 21 pictures"):
        check_pictures({"image": np.zeros([21, 8, 8, 1])}, max_pictures=20, max_pixels=1)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_png_and_jpeg_pass(suffix: str) -> None:
    check(picture(4, suffix=suffix))


@pytest.mark.parametrize("data", [b"", b"BM" + bytes(60), b"GIF89a" + bytes(60), b"hello"])
def test_other_formats_are_refused(data: bytes) -> None:
    with pytest.raises(ServingError, match="picture 0 is neither PNG nor JPEG"):
        check(data)


@given(st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]), st.binary(max_size=200))
def test_junk_is_refused_with_a_sentence(head: bytes, rest: bytes) -> None:
    with pytest.raises(ServingError, match="picture 0"):
        check(head + rest)
