"""The files of a folder: what is listed, what is named and not read, and how text is decoded."""

import os
from pathlib import Path

import pytest

from vocabulary.errors import UserError
from vocabulary.labels.files import list_folder


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
