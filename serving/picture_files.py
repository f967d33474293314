"""Pictures that a user names: files, folders and globs."""

import glob
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from serving.ink import Invert
from serving.prepare import Prepared, prepare, prepare_strip
from serving.strip import Strip
from vocabulary.errors import UserError
from vocabulary.pictures import SUFFIXES, UnreadableError, upright_size
from vocabulary.task.predictions import Sent


@dataclass(frozen=True)
class Picture:
    """A file that is a whole picture."""

    path: Path
    encoded: bytes
    """The file's bytes."""
    prepared: Prepared
    width: int
    """Pixels, upright."""
    height: int
    """Pixels, upright."""


@dataclass(frozen=True)
class StripPicture:
    """A file that is a whole picture, and what may be written on it."""

    path: Path
    encoded: bytes
    """The file's bytes."""
    strip: Strip
    pieces: list[Prepared]
    """What is sent of the strip's pieces, line by line."""
    width: int
    """Pixels, upright."""
    height: int
    """Pixels, upright."""


def find_pictures(names: Iterable[str]) -> list[Path]:
    """The files of names, each of which may be a file, a folder or a glob; each once, in order.

    Of a folder and those within it, only pictures by their suffix are taken.

    Raises UserError if a folder or a glob has none. A file that is not there is found out later.
    """
    paths: dict[Path, None] = {}
    for name in names:
        paths.update(dict.fromkeys(_files(name)))
    return list(paths)


def _files(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if not files:
            raise UserError(f"{name} has no file that ends in {', '.join(SUFFIXES)}")
        return files
    if path.exists() or not glob.has_magic(name):
        return [path]
    matches = [Path(match) for match in sorted(glob.glob(name, recursive=True))]
    files = [match for match in matches if not match.is_dir()]
    if not files:
        raise UserError(f"{name} matches no file")
    return files


def read_picture(path: Path, *, invert: Invert, sent: Sent = "part") -> Picture:
    """Reads a file and decodes it, so that a broken one is found before a batch fails.

    `sent`: what of it a model is sent.

    Raises UnreadableError if it is not there, or no whole picture of sane dimensions.
    """
    encoded = _bytes(path)
    prepared = prepare(encoded, invert=invert, sent=sent)
    width, height = upright_size(encoded)
    return Picture(path, encoded, prepared, width=width, height=height)


def read_strip(path: Path, *, invert: Invert) -> StripPicture:
    """Reads a file, and finds what may be written on it.

    Raises UnreadableError as `read_picture` does.
    """
    encoded = _bytes(path)
    strip, pieces = prepare_strip(encoded, invert=invert)
    width, height = upright_size(encoded)
    return StripPicture(path, encoded, strip, pieces, width=width, height=height)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
