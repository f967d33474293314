"""The files of a folder, wherever TensorFlow's file systems reach: here in memory, as a bucket."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import fingerprint, open_source
from vocabulary.errors import UserError
from vocabulary.labels.files import list_folder

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


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("ram://bucket/none", "there is no folder ram://bucket/none; name one with pictures"),
        ("s3://bucket/mine", "s3://bucket/mine is on a file system that TensorFlow does not read"),
    ],
)
def test_a_folder_that_cannot_be_read_is_a_sentence(path: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        list_folder(path)


@pytest.mark.timeout(30)
def test_what_is_no_file_is_named_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.png").touch()
    os.mkfifo(tmp_path / "a/2.png")
    os.symlink("..", tmp_path / "a/back")
    os.symlink(tmp_path / "a", tmp_path / "b")
    folder = list_folder(str(tmp_path))
    assert folder.files == ("a/1.png", "b/1.png")
    assert [str(one) for one in folder.findings if one.file.startswith("a")] == [
        "a/2.png is a pipe, a socket or a device, and no file; remove it",
        "a/back leads back to a folder that it is in; remove it",
    ]


def test_text_is_utf_8_or_says_that_it_is_utf_16(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "names.txt").write_text("\u06f3\n", encoding=encoding)
        assert list_folder(str(tmp_path)).text_of("names.txt").strip() == "\u06f3"
