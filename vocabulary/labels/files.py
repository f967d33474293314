"""The files of a folder, on this machine or wherever TensorFlow's file systems reach."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple, TypeVar

import tensorflow as tf

from vocabulary.errors import UserError
from vocabulary.pictures import SUFFIXES, UnreadableError

_AT_ONCE: Final = 16
"""Files that are asked for at the same time: remote ones come late, one by one."""
_NOT_OURS: Final = ("__MACOSX",)

T = TypeVar("T")


class Folder(NamedTuple):
    """A folder with everything in it; hidden files and folders are none of it.

    Attributes:
        root: its path.
        files: paths in it, with `/`, sorted.
        not_utf8: paths that are left out, since they are not UTF-8, which becomes U+FFFD.
    """

    root: str
    files: tuple[str, ...]
    not_utf8: tuple[str, ...] = ()

    def path(self, file: str) -> str:
        """Where a file of the folder is."""
        return f"{self.root}/{file}"

    def bytes_of(self, file: str) -> bytes:
        """What a file holds."""
        with tf.io.gfile.GFile(self.path(file), "rb") as opened:
            return bytes(opened.read())

    def picture(self, file: str) -> bytes:
        """What a picture holds; raises UnreadableError if it cannot be read."""
        try:
            return self.bytes_of(file)
        except tf.errors.OpError as error:
            raise UnreadableError(f"cannot be read ({error.message})") from error

    def text_of(self, file: str) -> str:
        """What a file of text holds; a byte that is no UTF-8 becomes U+FFFD."""
        return self.bytes_of(file).decode("utf-8-sig", errors="replace")

    def ending_in(self, *suffixes: str) -> list[str]:
        """The files with one of these suffixes, however they are spelled."""
        return [file for file in self.files if file.lower().endswith(suffixes)]

    def pictures(self) -> list[str]:
        """The files that are pictures, by their suffix."""
        return self.ending_in(*SUFFIXES)


def list_folder(path: str) -> Folder:
    """Lists a folder.

    Raises:
        UserError: if it is none, or cannot be reached.
    """
    root = os.path.expanduser(path.rstrip("/") or path)
    _require_folder(root, path)
    try:
        files = _walk(root, tf.io.gfile.walk)
    except UnicodeDecodeError:  # of this machine alone: remote ones have no such names
        files = _walk(root, os.walk)
    bad = {file for file in files if not file.isascii() and "\ufffd" in _shown(file)}
    return Folder(
        root,
        tuple(sorted(file for file in files if file not in bad and not _is_hidden(file))),
        tuple(sorted(map(_shown, bad))),
    )


def _walk(root: str, walk: Callable[[str], Iterable[tuple[str, Any, list[str]]]]) -> list[str]:
    files = []
    for folder, _, names in walk(root):
        inner = folder.removeprefix(root).strip("/")
        files += [f"{inner}/{name}" if inner else name for name in names]
    return files


def _shown(file: str) -> str:
    return os.fsencode(file).decode(errors="replace")


def _require_folder(root: str, path: str) -> None:
    try:
        # `isdir` takes a place that cannot be reached for one where there is nothing.
        there = tf.io.gfile.stat(root).is_directory
    except tf.errors.NotFoundError:
        there = False
    except tf.errors.UnimplementedError as error:
        raise UserError(
            f"{path} is on a file system that TensorFlow does not read here; copy it to a folder "
            "or to gs://"
        ) from error
    except tf.errors.OpError as error:
        raise UserError(f"{path} cannot be reached: {error.message}; try again") from error
    if not there:
        raise UserError(f"there is no folder {path}; name one with pictures and their labels")


def _is_hidden(file: str) -> bool:
    return any(part.startswith(".") or part in _NOT_OURS for part in PurePosixPath(file).parts)


def for_each(function: Callable[[str], T], files: Iterable[str]) -> Sequence[T]:
    """The results of a function that waits for files, in their order."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(function, files))
