"""What LabelImg, Label Studio and CVAT wrote of labels that we wrote: `written/README.md`."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from vocabulary.labels.recognise import read_labels
from vocabulary.labels.record import Labels

WRITTEN: Final = Path(__file__).with_name("written")
SIZES: Final = {"1": (100, 77), "2": (110, 84), "3": (120, 91), "4": (130, 98)}
MOVED: Final = (7, 11, 25, 41)
CORRECTED: Final[dict[str, list[Any]]] = {
    "1": [],
    "2": [("7", MOVED)],
    "3": [("9", MOVED), ("7", (30, 15, 48, 45))],
    "4": [("2", MOVED), ("3", (30, 15, 48, 45)), ("7", (55, 20, 73, 50))],
}
SPLIT: Final = {"1": "train", "2": "train", "3": "test", "4": "test"}


def place(tmp_path: Path, name: str, pictures: str) -> Path:
    """What a tool wrote, with pictures (which readers only list) where it leaves them."""
    folder = tmp_path / name
    shutil.copytree(WRITTEN / name, folder)
    for number, split in SPLIT.items():
        picture = folder / pictures.format(split=split, number=number)
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.touch()
    return folder


def objects(labels: Labels) -> dict[str, list[Any]]:
    """Name and box in pixels of each object, by picture."""
    return {
        number: [
            (one.name, pytest.approx(_in_pixels(one.box, SIZES[number]), abs=0.001))
            for one in record.objects
        ]
        for record in labels.records
        for number in [Path(record.path).stem]
    }


def _in_pixels(box: Sequence[float], size: tuple[int, int]) -> tuple[float, ...]:
    return tuple(edge * side for edge, side in zip(box, size * 2, strict=True))


def errors(labels: Labels) -> list[str]:
    return [str(one) for one in labels.findings if one.severity == "error"]


@pytest.mark.parametrize(
    ("name", "pictures"),
    [
        ("labelimg-yolo", "{split}/{number}.png"),
        ("label-studio-coco", "{split}/{number}.png"),
        ("label-studio-yolo", "images/{number}.png"),
        ("cvat-coco", "images/default/{split}/{number}.png"),
        ("cvat-yolo", "obj_train_data/{split}/{number}.png"),
    ],
)
def test_what_was_corrected_is_read_as_it_was_drawn(
    name: str, pictures: str, tmp_path: Path
) -> None:
    _, labels = read_labels(str(place(tmp_path, name, pictures)))
    assert errors(labels) == []
    drawn = {"1": [("4", (80, 3, 100, 40))]} if name.startswith("labelimg") else {}
    assert objects(labels) == CORRECTED | drawn


def test_voc_of_labelimg_keeps_boxes_that_were_ours_and_widens_one_that_it_drew(
    tmp_path: Path,
) -> None:
    _, labels = read_labels(str(place(tmp_path, "labelimg-voc", "{split}/{number}.png")))
    assert errors(labels) == []
    assert objects(labels) == CORRECTED | {"1": [("4", (79, 2, 100, 40))]}


def test_voc_of_cvat_counts_from_zero(tmp_path: Path) -> None:
    folder = place(tmp_path, "cvat-voc", "JPEGImages/{split}/{number}.png")
    _, labels = read_labels(str(folder))
    assert errors(labels) == []
    assert objects(labels) == {
        number: [(name, (xmin - 1, ymin - 1, xmax, ymax)) for name, (xmin, ymin, xmax, ymax) in of]
        for number, of in CORRECTED.items()
    }


@pytest.mark.parametrize(
    ("name", "pictures", "error"),
    [
        ("label-studio-voc", "images/{number}.png", "images/1.png has no label; "),
        ("cvat-ultralytics", "images/train/{split}/{number}.png",
         "images/train/train/1.png has no label; "),
    ],
)  # fmt: skip
def test_a_picture_that_a_tool_wrote_no_label_of_is_said(
    name: str, pictures: str, error: str, tmp_path: Path
) -> None:
    _, labels = read_labels(str(place(tmp_path, name, pictures)))
    (found,) = errors(labels)
    assert found.startswith(error)


def test_turned_boxes_are_refused(tmp_path: Path) -> None:
    _, labels = read_labels(str(place(tmp_path, "label-studio-yolo-obb", "images/{number}.png")))
    assert errors(labels)[0] == "labels/2.txt:1 is a polygon; export boxes, not shapes"


def test_a_list_of_cvat_says_the_split_of_all(tmp_path: Path) -> None:
    folder = place(tmp_path, "cvat-yolo", "obj_train_data/{split}/{number}.png")
    _, labels = read_labels(str(folder))
    assert {record.split for record in labels.records} == {"train"}
    (folder / "train.txt").unlink()
    _, labels = read_labels(str(folder))
    assert {record.split for record in labels.records} == {"train", "eval"}


def test_names_of_cvat_are_those_of_its_file(tmp_path: Path) -> None:
    folder = place(tmp_path, "cvat-yolo", "obj_train_data/{split}/{number}.png")
    names = [f"digit {number}" for number in range(10)]
    (folder / "obj.names").write_text("\n".join(names))
    _, labels = read_labels(str(folder))
    assert labels.classes == tuple(names)
