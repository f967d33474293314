"""MNIST from its IDX files, plain or gzipped, in a folder; downloaded there if absent.

The folder may be wherever TensorFlow's file systems reach; nothing is downloaded to there.

The test files are the `eval` split. Any further split holds out blocks of the training files.

Source: Y. LeCun, C. Cortes, C. Burges, http://yann.lecun.com/exdb/mnist/ (the IDX format is
described there).
"""

import gzip
import hashlib
import http.client
import math
import tempfile
import urllib.request
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from components.digit_example_gen.drawn import Drawn
from components.digit_example_gen.glyphs import Glyphs, divide
from components.digit_example_gen.on_disk import is_remote, on_disk
from components.digit_example_gen.options import GLYPH_SIZE, DataOptions
from components.digit_example_gen.source_options import MnistOptions, SourceBase
from vocabulary.errors import UserError
from vocabulary.source import Source
from vocabulary.splits import EVAL

EMBEDDED = False

SUFFIX = "-ubyte.gz"
MIRROR = "https://storage.googleapis.com/cvdf-datasets/mnist/"
SHA256 = {
    "train-images-idx3": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""Of the content, unpacked: mirrors differ in how they packed it."""

BLOCK = 1000
"""Glyphs in a group: MNIST does not say who wrote what, but neighbours often share a writer."""

_UNSIGNED_BYTE = 8
_TIMEOUT_S = 60


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """Scenes of MNIST's digits."""
    return Drawn(data, load(_folder(data.source), splits=splits))


def _folder(source: SourceBase) -> str:
    assert isinstance(source, MnistOptions)
    return source.dir


def _unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix != ".gz":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path} is damaged or cut off ({error}); fetch it again") from error


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Reads one IDX file of unsigned bytes, gzipped if its name ends in .gz.

    Raises:
        UserError: if the file is not IDX, not of bytes, damaged, or not of the stated size.
    """
    data = _unpacked(path)
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] != _UNSIGNED_BYTE or not 1 <= data[3] <= 4:
        raise UserError(f"{path} is not an IDX file of unsigned bytes; put MNIST's own file there")
    header = 4 + 4 * data[3]
    shape = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(4, header, 4))
    expected = header + math.prod(shape)
    if len(data) != expected:
        raise UserError(
            f"{path} has {len(data)} bytes where its header promises {expected}: it is cut off or "
            f"damaged; fetch it again"
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def _find(folder: Path, name: str) -> Path | None:
    candidates = (folder / name, folder / name.removesuffix(".gz"))
    return next((path for path in candidates if path.is_file()), None)


def _download(name: str, folder: Path) -> Path:
    try:
        with urllib.request.urlopen(MIRROR + name, timeout=_TIMEOUT_S) as answer:
            data = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise UserError(
            f"{folder} has no {name} and it could not be downloaded ({error}); put MNIST's four "
            f"IDX files there, or name their folder with --set source.dir=FOLDER"
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as partial:
        path = Path(partial) / name
        path.write_bytes(data)
        if _digest(path) != SHA256[name.removesuffix(SUFFIX)]:
            raise UserError(f"{MIRROR}{name} is not what it should be (checksum); fetch it by hand")
        return path.rename(folder / name)


def _copy_of(name: str, folder: str) -> Path:
    paths = (f"{folder}/{name}", f"{folder}/{name.removesuffix('.gz')}")
    try:
        there = next((path for path in paths if tf.io.gfile.exists(path)), None)
        if there is not None:
            return Path(on_disk(there))
    except tf.errors.OpError as error:
        raise UserError(f"source.dir {folder} cannot be reached: {error.message}") from error
    raise UserError(f"{folder} has no {name}; put MNIST's four IDX files there")


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(_unpacked(path)).hexdigest()
    except UserError:
        return "of a file that cannot be unpacked"


def fetch(folder: str) -> list[Path]:
    """The four files in a folder, in the order of `SHA256`, downloaded there if they are absent.

    Raises:
        UserError: if a file is missing and cannot be downloaded.
    """
    if is_remote(folder):
        return [_copy_of(f"{name}{SUFFIX}", folder.rstrip("/")) for name in SHA256]
    where = Path(folder).expanduser()
    if where.exists() and not where.is_dir():
        raise UserError(f"source.dir {where} is not a folder; name the folder of the IDX files")
    names = [f"{name}{SUFFIX}" for name in SHA256]
    return [_find(where, name) or _download(name, where) for name in names]


def fingerprint(source: SourceBase) -> str:
    """Digests of what the files hold, unpacked: a copy has the same, wherever it was made."""
    return ";".join(hashlib.sha256(_unpacked(path)).hexdigest() for path in fetch(_folder(source)))


def _part(images_path: Path, labels_path: Path, prefix: str, *, first_group: int) -> Glyphs:
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.shape[1:] != (GLYPH_SIZE, GLYPH_SIZE):
        raise UserError(f"{images_path} holds {images.shape} values, not n x 28 x 28 pixels")
    if labels.shape != (len(images),):
        raise UserError(f"{labels_path} holds {labels.shape} labels for {len(images)} pictures")
    if len(labels) == 0 or labels.max() > 9:
        raise UserError(
            f"{labels_path} holds no labels, or labels above 9; put MNIST's own file there"
        )
    order = np.arange(len(labels))
    return Glyphs(
        pictures=images,
        labels=labels.astype(np.int64),
        groups=first_group + order // BLOCK,
        names=np.array([f"mnist/{prefix}/{index}" for index in order]),
        forms=np.full(len(labels), ""),
    )


def load(folder: str, *, splits: Sequence[str]) -> dict[str, Glyphs]:
    """The glyphs of each split: `eval` is the test files, the others share the training files.

    Raises:
        UserError: if a file is missing and cannot be downloaded, or is not what it should be.
    """
    train_images, train_labels, test_images, test_labels = fetch(folder)
    train = _part(train_images, train_labels, "train", first_group=0)
    division = divide(train, splits=[name for name in splits if name != EVAL])
    if EVAL in splits:
        division[EVAL] = _part(test_images, test_labels, "t10k", first_group=len(train))
    return {name: division[name] for name in splits}
