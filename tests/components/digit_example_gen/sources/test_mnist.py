"""MNIST's IDX files: good, damaged, missing, and fetched from a server of our own."""

import gzip
import hashlib
import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from components.digit_example_gen.sources import mnist
from vocabulary.errors import UserError

TRAIN, EVAL = 5000, 30
IMAGES = "train-images-idx3-ubyte.gz"


def idx(values: NDArray[np.uint8]) -> bytes:
    header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
    return header + values.tobytes()


def contents() -> dict[str, bytes]:
    """The four files, unpacked, by name: a glyph's pixels are its index modulo 251."""
    files = {}
    for prefix, count in (("train", TRAIN), ("t10k", EVAL)):
        order = np.arange(count)
        pixels = (order % 251).astype(np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2)
        files[f"{prefix}-images-idx3"] = idx(pixels)
        files[f"{prefix}-labels-idx1"] = idx((order % 10).astype(np.uint8))
    return files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the four files, gzipped."""
    for name, content in contents().items():
        (tmp_path / f"{name}-ubyte.gz").write_bytes(gzip.compress(content, 1))
    return tmp_path


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at the mirror, unless a test says otherwise."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(mnist, "MIRROR", f"http://127.0.0.1:{port}/")


def test_files_in_a_bucket_are_those_of_a_folder(folder: Path) -> None:
    """`ram://` is TensorFlow's file system in memory: as remote as `gs://` to all else."""
    for file in folder.iterdir():
        tf.io.gfile.copy(str(file), f"ram://bucket/mnist/{file.name}")
    here = mnist.load(str(folder), splits=["train", "eval"])
    there = mnist.load("ram://bucket/mnist/", splits=["train", "eval"])
    for split, glyphs in here.items():
        assert np.array_equal(glyphs.pictures, there[split].pictures)
        assert np.array_equal(glyphs.labels, there[split].labels)


def test_file_that_is_not_in_the_bucket_is_a_sentence_and_is_not_downloaded() -> None:
    with pytest.raises(UserError, match=r"ram://empty has no train-images-idx3-ubyte.gz; put"):
        mnist.fetch("ram://empty")


def test_file_system_that_is_not_known_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"source.dir nowhere://b cannot be reached: File system"):
        mnist.fetch("nowhere://b")


class Mirror(http.server.ThreadingHTTPServer):
    """Serves `files` by name; `cut` closes the line before the end of the first answer."""

    files: dict[str, bytes]
    cut = False


class Answer(http.server.BaseHTTPRequestHandler):
    """One answer of the mirror."""

    server: Mirror

    def do_GET(self) -> None:
        content = self.server.files.get(self.path.removeprefix("/"))
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if self.server.cut else content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror on this machine whose checksums are the expected ones."""
    files = contents()
    server = Mirror(("127.0.0.1", 0), Answer)
    server.files = {f"{n}-ubyte.gz": gzip.compress(content, 1) for n, content in files.items()}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    monkeypatch.setattr(mnist, "MIRROR", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(mnist, "SHA256", sums)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


ARRAYS = npst.arrays(np.uint8, npst.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=7))
REUSED_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@REUSED_FOLDER
@given(values=ARRAYS, packed=st.booleans())
def test_an_array_survives_a_file(tmp_path: Path, values: NDArray[np.uint8], packed: bool) -> None:
    path = tmp_path / ("a.gz" if packed else "a")
    path.write_bytes(gzip.compress(idx(values)) if packed else idx(values))
    read = mnist.read_idx(path)
    assert read.dtype == np.uint8
    assert read.shape == values.shape
    assert (read == values).all()


@REUSED_FOLDER
@given(
    data=st.binary(max_size=64) | st.binary(max_size=40).map(lambda tail: b"\0\0\x08" + tail),
    packing=st.sampled_from(["plain", "gzip", "named gzip, is not"]),
)
def test_any_bytes_are_read_or_refused_by_name(tmp_path: Path, data: bytes, packing: str) -> None:
    path = tmp_path / ("a" if packing == "plain" else "a.gz")
    path.write_bytes(gzip.compress(data) if packing == "gzip" else data)
    try:
        mnist.read_idx(path)
    except UserError as error:
        assert str(path) in str(error)  # noqa: PT017 (some bytes are fine)


@REUSED_FOLDER
@given(values=ARRAYS, share=st.floats(0, 1, exclude_max=True), packed=st.booleans())
def test_a_file_that_is_cut_off_anywhere_is_refused(
    tmp_path: Path, values: NDArray[np.uint8], share: float, packed: bool
) -> None:
    path = tmp_path / ("a.gz" if packed else "a")
    whole = gzip.compress(idx(values)) if packed else idx(values)
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(UserError, match=str(path)):
        mnist.read_idx(path)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is not an IDX file of unsigned bytes"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "is not an IDX file of unsigned bytes"),
        (b"\0\0\x0d\x01\0\0\0\x01" + bytes(4), "is not an IDX file of unsigned bytes"),
        (b"\0\0\x08\x05" + bytes(20), "is not an IDX file of unsigned bytes"),
        (b"\0\0\x08\x01\0\0\0\x05" + bytes(4), "has 12 bytes where its header promises 13"),
        (b"\0\0\x08\x01\0\0\0\x05" + bytes(6), "has 14 bytes where its header promises 13"),
        (b"\0\0\x08\x02\0\0", "cut off or damaged"),
        (b"\0\0\x08\x03" + b"\x80\0\0\0" * 2 + b"\0\0\0\x04", "cut off or damaged"),
    ],
)
def test_a_foreign_or_damaged_file_is_named_with_its_fault(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(UserError, match=f"{path} {sentence}|{path} .*{sentence}"):
        mnist.read_idx(path)


def test_the_test_files_are_the_eval_split(folder: Path) -> None:
    division = mnist.load(str(folder), splits=["train", "eval", "test"])
    assert division["eval"].names.tolist() == [f"mnist/t10k/{index}" for index in range(EVAL)]
    assert set(division["eval"].forms.tolist()) == {""}  # MNIST does not say who wrote what
    assert (division["eval"].pictures[7] == 7).all()
    assert division["eval"].labels.tolist() == [index % 10 for index in range(EVAL)]


def test_further_splits_are_blocks_of_the_training_files_alone(folder: Path) -> None:
    division = mnist.load(str(folder), splits=["train", "eval", "test"])
    first = int(division["test"].names[0].removeprefix("mnist/train/"))
    block = range(first, first + mnist.BLOCK)
    assert first % mnist.BLOCK == 0
    assert division["test"].names.tolist() == [f"mnist/train/{n}" for n in block]
    rest = [n for n in range(TRAIN) if n not in block]
    assert division["train"].names.tolist() == [f"mnist/train/{n}" for n in rest]
    assert (division["test"].pictures[7] == (first + 7) % 251).all()
    assert list(division) == ["train", "eval", "test"]


def test_without_further_splits_train_gets_all_training_files(folder: Path) -> None:
    assert len(mnist.load(str(folder), splits=["train", "eval"])["train"]) == TRAIN


def test_no_group_of_the_eval_split_is_one_of_train(folder: Path) -> None:
    division = mnist.load(str(folder), splits=["train", "eval"])
    assert not set(division["train"].groups.tolist()) & set(division["eval"].groups.tolist())


def test_plain_files_are_read_as_gzipped_ones(folder: Path) -> None:
    packed = mnist.load(str(folder), splits=["train", "eval"])
    for path in list(folder.iterdir()):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    plain = mnist.load(str(folder), splits=["train", "eval"])
    for name in ("train", "eval"):
        assert (packed[name].pictures == plain[name].pictures).all()
        assert packed[name].labels.tolist() == plain[name].labels.tolist()


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("train-images-idx3", np.zeros((TRAIN, 28, 27), np.uint8), "not n x 28 x 28 pixels"),
        ("train-images-idx3", np.zeros((TRAIN, 784), np.uint8), "not n x 28 x 28 pixels"),
        ("train-labels-idx1", np.zeros(TRAIN - 1, np.uint8), "labels for 5000 pictures"),
        ("t10k-labels-idx1", np.zeros((EVAL, 1), np.uint8), "labels for 30 pictures"),
        ("train-labels-idx1", np.full(TRAIN, 10, np.uint8), "labels above 9"),
    ],
)
def test_files_that_do_not_go_together_are_refused(
    folder: Path, name: str, values: NDArray[np.uint8], sentence: str
) -> None:
    path = folder / f"{name}-ubyte.gz"
    path.write_bytes(gzip.compress(idx(values), 1))
    with pytest.raises(UserError, match=f"{path} holds .*{sentence}"):
        mnist.load(str(folder), splits=["train", "eval"])


def test_files_without_a_single_glyph_are_refused(folder: Path) -> None:
    for name, values in (("images-idx3", np.zeros((0, 28, 28))), ("labels-idx1", np.zeros(0))):
        path = folder / f"t10k-{name}-ubyte.gz"
        path.write_bytes(gzip.compress(idx(values.astype(np.uint8))))
    with pytest.raises(UserError, match="holds no labels"):
        mnist.load(str(folder), splits=["train", "eval"])


@pytest.mark.parametrize("there", [True, False])
def test_a_missing_file_and_no_network_is_one_sentence_with_a_way_out(
    tmp_path: Path, there: bool
) -> None:
    folder = tmp_path if there else tmp_path / "nowhere"
    sentence = f"{folder} has no {IMAGES} and it could not be downloaded .*Connection refused"
    with pytest.raises(UserError, match=sentence) as caught:
        mnist.load(str(folder), splits=["train", "eval"])
    assert "--set source.dir=FOLDER" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_source_dir_that_is_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(UserError, match=f"source.dir {path} is not a folder"):
        mnist.load(str(path), splits=["train", "eval"])


def test_missing_files_are_downloaded_and_kept(mirror: Mirror, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    division = mnist.load(str(folder), splits=["train", "eval"])
    assert (len(division["train"]), len(division["eval"])) == (TRAIN, EVAL)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert kept == mirror.files
    mirror.files = {}  # from here on, they are read from the folder
    assert len(mnist.load(str(folder), splits=["train"])["train"]) == TRAIN


def test_only_what_is_missing_is_downloaded(mirror: Mirror, folder: Path) -> None:
    missing = folder / IMAGES
    missing.unlink()
    mirror.files = {IMAGES: mirror.files[IMAGES]}
    mnist.load(str(folder), splits=["train", "eval"])
    assert missing.read_bytes() == mirror.files[IMAGES]


def test_a_packing_of_its_own_does_not_matter_to_the_checksum(
    mirror: Mirror, tmp_path: Path
) -> None:
    mirror.files[IMAGES] = gzip.compress(gzip.decompress(mirror.files[IMAGES]), 9, mtime=1)
    assert len(mnist.load(str(tmp_path), splits=["train"])["train"]) == TRAIN


def test_a_wrong_checksum_is_refused_and_nothing_is_left(mirror: Mirror, tmp_path: Path) -> None:
    mirror.files[IMAGES] = gzip.compress(b"something else")
    with pytest.raises(UserError, match=rf"{IMAGES} is not what it should be \(checksum\)"):
        mnist.load(str(tmp_path), splits=["train", "eval"])
    assert list(tmp_path.iterdir()) == []


def test_a_page_in_place_of_the_file_is_refused_and_nothing_is_left(
    mirror: Mirror, tmp_path: Path
) -> None:
    mirror.files[IMAGES] = b"<html>Please log in to this network</html>"
    with pytest.raises(UserError, match=IMAGES):
        mnist.load(str(tmp_path), splits=["train", "eval"])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_the_mirror_lacks_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    del mirror.files[IMAGES]
    with pytest.raises(UserError, match=f"has no {IMAGES} and it could not be downloaded .*404"):
        mnist.load(str(tmp_path), splits=["train", "eval"])
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_breaks_off_is_refused_and_nothing_is_left(
    mirror: Mirror, tmp_path: Path
) -> None:
    mirror.cut = True
    with pytest.raises(UserError, match=f"has no {IMAGES} and it could not be downloaded"):
        mnist.load(str(tmp_path), splits=["train", "eval"])
    assert list(tmp_path.iterdir()) == []
