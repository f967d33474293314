"""Reads a folder of labelled pictures, and says what is in it and what is wrong with it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from pydantic import BaseModel

from components.digit_example_gen.doctor.copies import find_copies
from components.digit_example_gen.doctor.labels import (
    count_objects,
    findings_of_classes,
    findings_of_names,
    findings_of_objects,
    split_of,
)
from components.digit_example_gen.doctor.pictures import Seen, look_at
from components.digit_example_gen.sources.labels.files import Folder, for_each
from components.digit_example_gen.sources.labels.record import Labels, Severity


class FoundAt(BaseModel):
    """A finding, as `sources.labels.record.Finding` has it, and the picture that it is about."""

    severity: Severity
    file: str
    place: str
    sentence: str
    advice: str
    picture: str


class Sides(BaseModel):
    """The sides of squares of the boxes' areas, as shares of the pictures' sides."""

    smallest: float
    median: float
    largest: float


class Examination(BaseModel):
    """What is in a folder.

    Attributes:
        folder: its path.
        form: of the labels: yolo, voc or coco.
        pictures: how many there are in each split.
        objects: how many there are of each class, in each split.
        objects_in_a_picture: how many pictures have so many objects.
        sides: of the boxes; None where there are none.
        findings: errors first, then warnings, then notes.
    """

    folder: str
    form: str
    pictures: dict[str, int]
    objects: dict[str, dict[str, int]]
    objects_in_a_picture: dict[int, int]
    sides: Sides | None
    findings: list[FoundAt]

    def count(self, severity: Severity) -> int:
        """How many findings are of a severity."""
        return sum(one.severity == severity for one in self.findings)


def examine(folder: Folder, labels: Labels) -> Examination:
    """Opens every picture of a folder that has labels."""
    records = {record.path: record for record in labels.records}
    looks = dict(
        zip(records, for_each(lambda one: look_at(folder, records[one]), records), strict=True)
    )
    by_split: dict[str, list[Seen]] = defaultdict(list)
    for name, (seen, _) in looks.items():
        if seen:
            by_split[split_of(records[name])].append(seen)
    findings = [
        *labels.findings,
        *(finding for _, some in looks.values() for finding in some),
        *findings_of_names(folder.pictures()),
        *findings_of_objects(labels.records),
        *findings_of_classes(labels),
        *find_copies(by_split),
    ]
    order = ("error", "warning", "note")
    findings.sort(key=lambda one: order.index(one.severity))
    counts = Counter(len(record.objects) for record in labels.records)
    return Examination(
        folder=folder.root,
        form=labels.form,
        pictures=dict(sorted(Counter(map(split_of, labels.records)).items())),
        objects=count_objects(labels),
        objects_in_a_picture=dict(sorted(counts.items())),
        sides=_sides(by_split.values()),
        findings=[
            FoundAt(**{name: getattr(one, name) for name in FoundAt.model_fields})
            for one in findings
        ],
    )


def _sides(pictures: Iterable[Sequence[Seen]]) -> Sides | None:
    boxes = [box for some in pictures for seen in some for box in seen.boxes]
    if not boxes:
        return None
    xmin, ymin, xmax, ymax = np.array(boxes).T
    sides = np.sqrt((xmax - xmin) * (ymax - ymin))
    return Sides(smallest=sides.min(), median=float(np.median(sides)), largest=sides.max())
