"""A folder of pictures wherever TensorFlow's file systems reach: here in memory, as a bucket."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import tensorflow as tf

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import fingerprint, open_source

MakeData = Callable[..., DataOptions]


def write(path: str, content: bytes) -> None:
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "wb") as file:
        file.write(content)


@pytest.fixture
def bucket() -> Iterator[str]:
    """Three pictures with YOLO's labels, one of them spoilt."""
    root = "ram://bucket/mine"
    for index, name in enumerate(("train/a", "train/b", "test/c")):
        noise = np.random.default_rng(index).integers(0, 255, (30, 40, 3), np.uint8)
        encoded = b"spoilt" if name == "train/b" else tf.io.encode_png(noise).numpy()
        write(f"{root}/{name}.png", encoded)
        write(f"{root}/{name}.txt", b"7 0.5 0.5 0.2 0.2\n")
    yield root
    tf.io.gfile.rmtree(root)


@pytest.mark.parametrize("end", ["", "/"])
def test_labels_and_pictures_are_read_from_a_remote_folder(
    end: str, bucket: str, make_data: MakeData
) -> None:
    data = make_data(source={"kind": "folder", "dir": bucket + end})
    source = open_source(data, ("train", "eval"))
    chunk = source.examples("train", 0, source.count("train", asked=1))
    assert len(chunk.examples) == 1
    assert [one.picture for one in chunk.left_out] == ["train/b.png"]
    before = fingerprint(data.source)
    write(f"{bucket}/test/d.txt", b"")
    assert fingerprint(data.source) != before
