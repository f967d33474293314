"""Reads a folder of labelled pictures, and says what is in it and what is wrong with it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import get_args

import numpy as np
from pydantic import BaseModel

from components.digit_example_gen.doctor.answers import Asked
from components.digit_example_gen.doctor.copies import find_copies
from components.digit_example_gen.doctor.dataset import Dataset
from components.digit_example_gen.doctor.labels import (
    count_objects,
    findings_of_classes,
    findings_of_names,
    findings_of_objects,
    split_of,
)
from components.digit_example_gen.doctor.looks import look_at_all
from components.digit_example_gen.doctor.pictures import Seen
from components.digit_example_gen.doctor.training_data import TrainingData, compare_with_training
from vocabulary.boxes import Edges
from vocabulary.labels.record import Severity


class FoundAt(BaseModel):
    """A finding, as `vocabulary.labels.record.Finding` has it, and the picture that it is about."""

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


class SecondOpinion(BaseModel):
    """What a model says of the pictures.

    Attributes:
        model: the folder of it.
        pictures: how many it was asked about.
        otherwise: in how many of them it reads something else than the label says.
        training: the objects beside those that it was trained on; None where that is not known.
    """

    model: str
    pictures: int
    otherwise: int
    training: TrainingData | None


class Examination(BaseModel):
    """What is in a folder.

    Attributes:
        folder: its path.
        form: of the labels: yolo, voc or coco, or tf.Examples.
        pictures: how many there are in each split.
        objects: how many there are of each class, in each split.
        objects_in_a_picture: how many pictures have so many objects.
        sides: of the boxes; None where there are none.
        model: what a model says of them; None where none was asked.
        findings: errors first, then warnings, what to look at, then notes.
    """

    folder: str
    form: str
    pictures: dict[str, int]
    objects: dict[str, dict[str, int]]
    objects_in_a_picture: dict[int, int]
    sides: Sides | None
    model: SecondOpinion | None
    findings: list[FoundAt]

    def count(self, severity: Severity) -> int:
        """How many findings are of a severity."""
        return sum(one.severity == severity for one in self.findings)


def examine(
    dataset: Dataset,
    *,
    beam_args: Sequence[str] | None = None,
    model: str = "",
    asked: Asked | None = None,
) -> Examination:
    """Opens every picture that has labels.

    Args:
        dataset: the pictures.
        beam_args: of the runner that opens them; None: this process does.
        model: the folder of a model, if one was asked.
        asked: what it said.
    """
    labels = dataset.labels
    splits = {record.path: split_of(record) for record in labels.records}
    looks = sorted(look_at_all(dataset, beam_args), key=lambda look: look.path)
    by_split: dict[str, list[Seen]] = defaultdict(list)
    for look in looks:
        if look.seen:
            by_split[splits[look.path]].append(look.seen)
    findings = [
        *labels.findings,
        *(finding for look in looks for finding in look.findings),
        *findings_of_names(dataset.names),
        *findings_of_objects(labels.records),
        *findings_of_classes(labels),
        *find_copies(by_split),
        *(one.finding() for one in (asked.disagreements if asked else ())),
    ]
    order = get_args(Severity)
    findings.sort(key=lambda one: order.index(one.severity))
    counts = Counter(len(record.objects) for record in labels.records)
    boxes = [box for some in by_split.values() for seen in some for box in seen.boxes]
    objects = count_objects(labels)
    totals = {name: sum(of.values()) for name, of in objects.items()}
    return Examination(
        folder=dataset.root,
        form=labels.form,
        pictures=dict(sorted(Counter(splits.values()).items())),
        objects=objects,
        objects_in_a_picture=dict(sorted(counts.items())),
        sides=_sides(boxes),
        model=asked
        and SecondOpinion(
            model=model,
            pictures=asked.pictures,
            otherwise=len(asked.disagreements),
            training=compare_with_training(model, totals, boxes),
        ),
        findings=[
            FoundAt(**{name: getattr(one, name) for name in FoundAt.model_fields})
            for one in findings
        ],
    )


def _sides(boxes: Sequence[Edges]) -> Sides | None:
    if not boxes:
        return None
    xmin, ymin, xmax, ymax = np.array(boxes).T
    sides = np.sqrt((xmax - xmin) * (ymax - ymin))
    return Sides(smallest=sides.min(), median=float(np.median(sides)), largest=sides.max())
