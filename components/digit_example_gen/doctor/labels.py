"""What is worth a word in labels that can be read: names, boxes, classes and their counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vocabulary.labels.record import (
    ROUNDING,
    Annotated,
    Finding,
    Labels,
)

NO_SPLIT: Final = "no split"
_FOLDER: Final = "the folder"
"""What a finding is in that is in no file alone."""
_TINY: Final = 0.02
"""Of the picture's side, below which the side of a box is likely a slip of the mouse."""


def split_of(record: Annotated) -> str:
    """Its name, and one where there is none."""
    return record.split or NO_SPLIT


def count_objects(labels: Labels) -> dict[str, dict[str, int]]:
    """How many objects there are of each class, in each split."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in labels.classes}
    for record in labels.records:
        for one in record.objects:
            counts[one.name][split_of(record)] += 1
    return {name: dict(sorted(of.items())) for name, of in counts.items()}


def findings_of_names(files: Iterable[str]) -> Iterator[Finding]:
    """Names that are one name where upper and lower case are the same."""
    spelled: Mapping[str, list[str]] = defaultdict(list)
    for file in files:
        spelled[file.casefold()].append(file)
    for same in spelled.values():
        if len(same) > 1:
            others = ", ".join(same[1:])
            yield Finding("warning", same[0], "",
                          f"differs from {others} in upper and lower case alone",
                          "rename one: elsewhere they are one file")  # fmt: skip


def findings_of_objects(records: Iterable[Annotated]) -> Iterator[Finding]:
    """Boxes that are tiny, or at the border."""
    for record in records:
        for one in record.objects:
            xmin, ymin, xmax, ymax = one.box
            file, place = split_place(one.where)
            if min(xmin, ymin) < ROUNDING or max(xmax, ymax) > 1 - ROUNDING:
                yield Finding("note", file, place, "has a box at the border of the picture",
                              "look whether the object is cut off", record.path)  # fmt: skip
            if min(xmax - xmin, ymax - ymin) < _TINY:
                size = f"{xmax - xmin:.1%} by {ymax - ymin:.1%}"
                yield Finding("warning", file, place, f"has a box of {size} of the picture",
                              "look whether it is a slip", record.path)  # fmt: skip


def split_place(where: str) -> tuple[str, str]:
    """The file and the place in it of an object's `where`."""
    for mark in (" $.", " example ", " object ", ":"):
        file, found, rest = where.rpartition(mark)
        if found:
            return file, f"{mark}{rest}"
    return where, ""


def findings_of_classes(labels: Labels) -> Iterator[Finding]:
    """Classes without objects, or that a split lacks."""
    objects = count_objects(labels)
    splits = {split_of(record) for record in labels.records}
    for name, counts in objects.items():
        if not counts:
            yield Finding("note", _FOLDER, "",
                          f"has the class {name}, of which there is no object",
                          "label some, or take the name away")  # fmt: skip
            continue
        for split in sorted(splits - set(counts)):
            yield Finding("warning", _FOLDER, "", f"has no {name} in {split}",
                          "add some: a model is not judged on what is not there")  # fmt: skip
