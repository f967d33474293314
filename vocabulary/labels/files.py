"""The files of a folder, on this machine or wherever TensorFlow's file systems reach."""

import codecs
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import Final, NamedTuple, TypeVar

import tensorflow as tf

from vocabulary.errors import UserError, shown
from vocabulary.labels.record import Finding
from vocabulary.pictures import SUFFIXES, UnreadableError

_AT_ONCE: Final = 16
"""Files that are asked for at the same time: remote ones come late, one by one."""
_GOOGLE: Final = "gs://"
_NOT_OURS: Final = ("__MACOSX",)

T = TypeVar("T")


class Folder(NamedTuple):
    """A folder with everything in it; hidden files and folders are none of it.

    Attributes:
        root: its path.
        files: paths in it, with `/`, sorted.
        findings: what is there and none of its files.
    """

    root: str
    files: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

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
        """What a file of text holds: UTF-8, or UTF-16 that says so; other bytes become U+FFFD."""
        content = self.bytes_of(file)
        utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return content.decode("utf-16" if utf16 else "utf-8-sig", errors="replace")

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
        files, findings = _remote(root) if "://" in root else _here(root)
    except OSError as error:
        raise UserError(f"{error.filename} cannot be listed: {error.strerror}") from error
    bad = {file for file in files if not file.isascii() and "\ufffd" in _shown(file)}
    findings += [
        Finding("error", file, "", "has a name that is not UTF-8", "rename it")
        for file in sorted(map(_shown, bad))
    ]
    return Folder(root, tuple(sorted(files - bad)), tuple(findings))


def _remote(root: str) -> tuple[set[str], list[Finding]]:
    files = set(_listed_by_google(root)) if root.startswith(_GOOGLE) else set(_walked(root))
    return {file for file in files if not _is_hidden(file)}, []


def _walked(root: str) -> Iterator[str]:
    for folder, _, names in tf.io.gfile.walk(root):
        inner = folder.removeprefix(root).strip("/")
        yield from (f"{inner}/{name}" if inner else name for name in names)


def _listed_by_google(root: str) -> dict[str, str]:
    """The size and the time of each file by its path, a thousand of them with each request.

    TensorFlow asks whether each one is a folder, one after the other.
    """
    from apache_beam.io.gcp.gcsio import GcsIO
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    try:
        found = dict(GcsIO().list_files(f"{root}/", with_metadata=True))
    except (GoogleAPIError, GoogleAuthError, OSError) as error:
        raise UserError(f"{root} cannot be listed: {shown(error)}; try again") from error
    return {
        path.removeprefix(f"{root}/"): f"{size} {time}"
        for path, (size, time) in found.items()
        if not path.endswith("/")  # an empty folder
    }


def sizes_and_times(folder: Folder, files: Sequence[str]) -> Sequence[str]:
    """The size and the time of change of each file, as text."""
    if folder.root.startswith(_GOOGLE):
        listed = _listed_by_google(folder.root)
        return [listed.get(file, "") for file in files]
    return for_each(lambda file: _size_and_time(folder.path(file)), files)


def _size_and_time(path: str) -> str:
    stat = tf.io.gfile.stat(path)
    return f"{stat.length} {stat.mtime_nsec}"


def _here(root: str) -> tuple[set[str], list[Finding]]:
    """Of this machine, where links can lead in a circle, and reading a pipe never ends."""
    files: set[str] = set()
    findings: list[Finding] = []
    waiting = [("", frozenset([os.path.realpath(root)]))]
    while waiting:
        inner, above = waiting.pop()
        for entry in os.scandir(f"{root}/{inner}"):
            path = f"{inner}/{entry.name}" if inner else entry.name
            if _is_hidden(entry.name):
                continue
            if entry.is_dir():
                real = os.path.realpath(entry.path)
                if real in above:
                    findings.append(_not_read(path, "leads back to a folder that it is in"))
                else:
                    waiting.append((path, above | {real}))
            elif entry.is_file() or entry.is_symlink():
                files.add(path)
            else:
                findings.append(_not_read(path, "is a pipe, a socket or a device, and no file"))
    return files, sorted(findings)


def _not_read(path: str, sentence: str) -> Finding:
    return Finding("error", _shown(path), "", sentence, "remove it")


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
