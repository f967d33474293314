"""Street numbers from files as they were published, and from those of other writers."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import fingerprint, open_source
from components.digit_example_gen.svhn.digit_struct import DigitStruct, PlacedDigit
from components.digit_example_gen.svhn.matlab5 import read_arrays
from vocabulary import features
from vocabulary.errors import UserError
from vocabulary.source import Chunk

MakeData = Callable[..., DataOptions]
Digit = tuple[int, float, float, float, float]
"""Label as the file has it, left, top, width, height."""

SEVEN: Digit = (7, 20, 10, 10, 20)
ZERO: Digit = (10, 32, 12, 10, 20)
COLUMNS = ("label", "left", "top", "width", "height")


def write_struct(path: Path, numbers: Sequence[Sequence[Digit]], *, plain: bool = False) -> None:
    """Writes digitStruct.mat as MATLAB does; `plain`: columns of several digits hold numbers."""
    with h5py.File(path, "w") as file:
        held = file.create_group("#refs#")
        names, boxes = [], []
        for index, digits in enumerate(numbers):
            name = held.create_dataset(
                f"name{index}", data=np.array([[ord(c)] for c in f"{index + 1}.png"], np.uint16)
            )
            group = held.create_group(f"box{index}")
            for at, column in enumerate(COLUMNS):
                values = np.array([[digit[at]] for digit in digits], float).reshape(-1, 1)
                if len(digits) > 1 and not plain:
                    cells = [
                        held.create_dataset(f"{column}{index}.{n}", data=[value]).ref
                        for n, value in enumerate(values)
                    ]
                    group.create_dataset(column, data=[[c] for c in cells], dtype=h5py.ref_dtype)
                else:
                    group.create_dataset(column, data=values)
            names.append([name.ref])
            boxes.append([group.ref])
        struct = file.create_group("digitStruct")
        struct.create_dataset("name", data=names, dtype=h5py.ref_dtype)
        struct.create_dataset("bbox", data=boxes, dtype=h5py.ref_dtype)


def write_part(folder: Path, *numbers: Sequence[Digit], plain: bool = False) -> None:
    """A part with pictures of 80x60 whose pixels are white where a digit is."""
    folder.mkdir()
    write_struct(folder / "digitStruct.mat", numbers, plain=plain)
    for index, digits in enumerate(numbers):
        pixels = np.full((60, 80, 3), index % 100, np.uint8)
        for _, left, top, width, height in digits:
            down, across = slice(max(int(top), 0), int(top + height)), max(int(left), 0)
            pixels[down, across : int(left + width)] = 255
        Image.fromarray(pixels).save(folder / f"{index + 1}.png")


def write_cropped(folder: Path, part: str, labels: Sequence[int], *, compressed: bool) -> None:
    order = np.arange(len(labels), dtype=np.uint8)
    pictures = np.broadcast_to(order, (32, 32, 3, len(labels)))
    content = {"X": pictures, "y": np.array(labels, np.uint8)[:, None]}
    scipy.io.savemat(folder / f"{part}_32x32.mat", content, do_compression=compressed)


@pytest.fixture
def make(make_data: MakeData, tmp_path: Path) -> Callable[..., DataOptions]:
    """Options of the source whose files are in `tmp_path`."""

    def make(task: str = "classification", **source: Any) -> DataOptions:
        data = make_data(source={"kind": "svhn", "dir": str(tmp_path), **source})
        return data.model_copy(update={"task": task})

    return make


def read(data: DataOptions, *splits: str) -> dict[str, Chunk]:
    splits = splits or ("train", "eval")
    source = open_source(data, splits)
    return {s: source.examples(s, 0, source.count(s, asked=1)) for s in splits}


def feature(serialized: bytes) -> Any:
    return tf.train.Example.FromString(serialized).features.feature


@pytest.mark.parametrize("plain", [False, True])
def test_digits_are_read_whether_columns_hold_references_or_numbers(
    plain: bool, tmp_path: Path
) -> None:
    path = tmp_path / "digitStruct.mat"
    write_struct(path, [[ZERO, SEVEN], [(1, -2.0, -1.0, 9.0, 20.0)], []], plain=plain)
    struct = DigitStruct(str(path))
    assert len(struct) == 3
    assert struct[0].name == "1.png"
    assert struct[0].digits == (PlacedDigit(*SEVEN), PlacedDigit(0, *ZERO[1:]))
    assert struct[1].digits == (PlacedDigit(1, -2.0, -1.0, 9.0, 20.0),)
    assert struct[2].digits == ()


def test_a_number_is_cut_around_all_its_digits(make: MakeData, tmp_path: Path) -> None:
    # The highest is not the leftmost: the first digit's top would cut the second.
    number = [(3, 20, 20, 10, 20), (4, 32, 10, 8, 20)]
    write_part(tmp_path / "train", [SEVEN])
    write_part(tmp_path / "test", number)
    data = make(task="classification", crop=0.5)
    source = open_source(data, ["train", "eval"])
    parts = source._parts  # type: ignore[attr-defined]
    cut = parts["test"].labelled(0)
    # Union: 20..40 across, 10..40 down; half of it around: 10..50, -5..55, which ends at 0.
    assert cut.size == (data.canvas.height, data.canvas.width)
    assert list(cut.labels) == [3, 4]
    assert cut.boxes[0] == pytest.approx((10 / 40, 20 / 55, 20 / 40, 40 / 55))
    assert cut.boxes[1] == pytest.approx((22 / 40, 10 / 55, 30 / 40, 30 / 55))


def test_without_a_cut_the_picture_is_whole(make: MakeData, tmp_path: Path) -> None:
    write_part(tmp_path / "train", [SEVEN])
    write_part(tmp_path / "test", [ZERO])
    one = feature(read(make(task="localization", crop=None))["eval"].examples[0])
    assert [one[key].int64_list.value[0] for key in (features.HEIGHT, features.WIDTH)] == [60, 80]
    assert one[features.LABEL].int64_list.value[0] == 0
    assert [one[key].float_list.value[0] for key in features.BOX] == pytest.approx(
        [32 / 80, 12 / 60, 42 / 80, 32 / 60]
    )


def test_what_is_not_on_its_picture_is_counted_and_stops_nothing(
    make: MakeData, tmp_path: Path
) -> None:
    outside, flat = (2, 90.0, 0.0, 5.0, 20.0), (2, 30.0, 5.0, 0.0, 20.0)
    beyond = (5, -4.0, 10.0, 10.0, 20.0)
    write_part(tmp_path / "train", [SEVEN], [outside], [SEVEN, flat], [], [beyond], [SEVEN, ZERO])
    write_part(tmp_path / "test", [SEVEN])
    chunk = read(make())["train"]
    assert [feature(e)[features.ID].bytes_list.value[0] for e in chunk.examples] == [
        b"train/1", b"train/5",
    ]  # fmt: skip
    assert {one.picture: one.reason for one in chunk.left_out} == {
        "train/2": "has all its digits outside, or without area",
        "train/3": "has a digit outside, or without area",
        "train/4": "has no digit in digitStruct.mat",
        "train/6": "it has 2 objects, not one",
    }
    assert not any(one.fault for one in chunk.left_out)


def test_a_picture_that_is_missing_is_a_fault(make: MakeData, tmp_path: Path) -> None:
    write_part(tmp_path / "train", [SEVEN], [SEVEN])
    write_part(tmp_path / "test", [SEVEN])
    (tmp_path / "train" / "2.png").unlink()
    [one] = read(make())["train"].left_out
    assert one.fault
    assert one.picture == "train/2"
    assert one.reason.startswith("cannot be read")


def test_extra_is_training_data_and_validation_is_held_out(make: MakeData, tmp_path: Path) -> None:
    for part, count in (("train", 20), ("extra", 20), ("test", 3)):
        write_part(tmp_path / part, *[[SEVEN]] * count)
    data = make()
    chunks = read(data, "train", "eval", "validation")
    ids = {
        split: [feature(e)[features.ID].bytes_list.value[0].decode() for e in chunk.examples]
        for split, chunk in chunks.items()
    }
    assert ids["eval"] == ["test/1", "test/2", "test/3"]
    assert 1 <= len(ids["validation"]) <= 12
    training = [f"{part}/{number}" for part in ("train", "extra") for number in range(1, 21)]
    assert sorted(ids["train"] + ids["validation"]) == sorted(training)
    some = open_source(data, ("train", "eval", "validation")).examples("train", 5, 9)
    assert some.examples == chunks["train"].examples[5:9]


@pytest.mark.parametrize("compressed", [False, True])
def test_single_digits_are_read_without_boxes(
    compressed: bool, make: MakeData, tmp_path: Path
) -> None:
    write_cropped(tmp_path, "train", [1, 10, 3], compressed=compressed)
    write_cropped(tmp_path, "test", [10], compressed=compressed)
    chunks = read(make(form="digits"))
    labels = [feature(e)[features.LABEL].int64_list.value[0] for e in chunks["train"].examples]
    assert labels == [1, 0, 3]
    second = feature(chunks["train"].examples[1])
    pixels = tf.io.decode_png(second[features.IMAGE].bytes_list.value[0]).numpy()
    assert pixels.shape == (32, 32, 3)
    assert (pixels == 1).all()
    assert not second[features.XMIN].float_list.value


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.booleans(), st.sampled_from("ufid"))
def test_arrays_are_what_scipy_wrote(shape: list[int], compressed: bool, kind: str) -> None:
    dtype = {"u": np.uint8, "f": np.float32, "i": np.int32, "d": np.float64}[kind]
    values = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    with tempfile.NamedTemporaryFile(suffix=".mat") as file:
        scipy.io.savemat(file.name, {"first": values, "y": values[:1]}, do_compression=compressed)
        arrays = read_arrays(file.name)
    assert np.array_equal(arrays["first"], values)
    assert np.array_equal(arrays["y"], values[:1])


@pytest.mark.parametrize("cut", [0, 60, 130, 200, -9])
def test_a_damaged_file_is_a_sentence(cut: int, make: MakeData, tmp_path: Path) -> None:
    for part in ("train", "test"):
        write_cropped(tmp_path, part, [1, 2, 3], compressed=True)
    path = tmp_path / "train_32x32.mat"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UserError, match=r"train_32x32\.mat (is no whole|holds)"):
        open_source(make(form="digits"), ["train", "eval"])


def test_file_system_that_is_not_known_is_a_sentence(make: MakeData) -> None:
    data = make()
    source = data.source.model_copy(update={"dir": "nowhere://b"})
    with pytest.raises(UserError, match=r"source.dir nowhere://b cannot be reached: File system"):
        fingerprint(source)


def test_no_matlab_file_is_a_sentence(make: MakeData, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"there is no .*train/digitStruct\.mat; put the files of"):
        open_source(make(), ["train", "eval"])
    write_part(tmp_path / "test", [SEVEN])
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "digitStruct.mat").write_bytes(b"no HDF5")
    with pytest.raises(UserError, match=r"is no digitStruct\.mat of MATLAB 7\.3"):
        open_source(make(), ["train", "eval"])


def test_the_fingerprint_changes_with_a_label(make: MakeData, tmp_path: Path) -> None:
    for part in ("train", "test"):
        write_cropped(tmp_path, part, [1, 2, 3], compressed=True)
    before = fingerprint(make(form="digits").source)
    write_cropped(tmp_path, "train", [1, 2, 4], compressed=True)
    assert fingerprint(make(form="digits").source) != before
