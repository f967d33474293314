"""Pictures in TFRecords of tf.Examples, as DigitExampleGen writes them, for the doctor.

What is in a folder `Split-NAME` is of that split.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import tensorflow as tf
from google.protobuf.message import DecodeError

from components.digit_example_gen.doctor.dataset import Read
from evaluation.pixels import compression
from vocabulary import features
from vocabulary.labels.files import Folder
from vocabulary.labels.record import (
    Annotated,
    BoxError,
    Finding,
    Labels,
    Object,
    class_named,
    inside,
    without_repeats,
)
from vocabulary.pictures import UnreadableError

FORM: Final = "tf.Examples"
_SPLIT: Final = re.compile(r"(?:^|/)Split-([^/]+)/")
_BROKEN: Final = (tf.errors.OpError, DecodeError)


def find_records(folder: Folder) -> list[str]:
    """The files of a folder that are called TFRecords."""
    return [file for file in folder.files if "tfrecord" in file.rpartition("/")[2].lower()]


class RecordsDataset:
    """A `doctor.dataset.Dataset` of TFRecords, whose labels are read at once."""

    names: Sequence[str] = ()

    def __init__(self, folder: Folder):
        self.root, self.labels = folder.root, Labels(FORM)
        self._files = [f"{folder.root}/{file}" for file in find_records(folder)]
        ids = Counter(_id(example) for file in self._files for _, example in _examples(file))
        self._repeated = frozenset(id_ for id_, count in ids.items() if count > 1)
        for file in self.parts():
            file.read_labels(self.labels)
        there = {one.name for record in self.labels.records for one in record.objects}
        self.labels.classes = tuple(sorted(there, key=lambda name: (len(name), name)))

    def parts(self, wanted: Collection[str] | None = None) -> "Iterator[RecordsFile]":
        """See `doctor.dataset.Dataset`: a part is a file."""
        for file in self._files:
            yield RecordsFile(self.root, file, self._repeated, wanted)


@dataclass(frozen=True)
class RecordsFile:
    """The pictures of a file that are wanted; all if `wanted` is None.

    A picture's path is its id; `repeated` are those that several have.
    """

    root: str
    path: str
    repeated: frozenset[str]
    wanted: Collection[str] | None = None

    @property
    def file(self) -> str:
        """Its path in the folder."""
        return self.path.removeprefix(f"{self.root}/")

    def each(self, function: Callable[[Annotated, Read], Any]) -> Sequence[Any]:
        """See `doctor.dataset.Part`."""
        results = []
        for number, example in _examples(self.path):
            record, _ = self._record(number, example)
            if self.wanted is None or record.path in self.wanted:
                results.append(function(record, partial(_picture, example)))
        return results

    def read_labels(self, labels: Labels) -> None:
        """Adds what the file says."""
        try:
            for number, example in _examples(self.path, strict=True):
                record, findings = self._record(number, example)
                labels.records.append(record)
                labels.findings += findings
        except _BROKEN:
            labels.findings.append(
                Finding("error", self.file, "", "is no TFRecord of tf.Examples, or cut off",
                        "write it again; what comes before the cut is used")
            )  # fmt: skip

    def _record(self, number: int, example: tf.train.Example) -> tuple[Annotated, list[Finding]]:
        place = f" example {number}"
        id_ = _id(example)
        path = id_ if id_ and id_ not in self.repeated else f"{self.file}#{number}"
        objects, findings = [], []

        def find(severity: Any, place: str, sentence: str, advice: str) -> None:
            findings.append(Finding(severity, self.file, place, sentence, advice, path))

        if id_ in self.repeated and id_:
            find("error", place, f"has the {features.ID} {id_}, as others do", "give each its own")
        for index, (name, edges) in enumerate(_objects(example), start=1):
            where = f"{place} object {index}"
            try:
                if edges is None:
                    raise BoxError("has not one box", "write the four edges of each object")
                objects.append(Object(class_named(name), inside(edges), f"{self.file}{where}"))
            except BoxError as error:
                find("error", where, error.sentence, error.advice)
        once, repeats = without_repeats(objects)
        for one in repeats:
            find("warning", one.where.removeprefix(self.file),
                 "stands there before; it counts once", "remove it")  # fmt: skip
        sides = [_values(example, key) for key in (features.WIDTH, features.HEIGHT)]
        size = (sides[0][0], sides[1][0]) if all(len(side) == 1 for side in sides) else None
        split = _SPLIT.search(self.file)
        return Annotated(path, once, size, split[1] if split else None), findings


def _examples(path: str, *, strict: bool = False) -> Iterator[tuple[int, tf.train.Example]]:
    """The tf.Examples of a file with their numbers, up to where it is broken, which may raise."""
    records = tf.data.TFRecordDataset(path, compression_type=compression(path))
    with contextlib.suppress(*(() if strict else _BROKEN)):
        for number, record in enumerate(records.as_numpy_iterator(), start=1):
            yield number, tf.train.Example.FromString(record)


def _values(example: tf.train.Example, key: str) -> Sequence[Any]:
    feature = example.features.feature
    kind = feature[key].WhichOneof("kind") if key in feature else None
    return getattr(feature[key], kind).value if kind else ()


def _id(example: tf.train.Example) -> str:
    return b"".join(_values(example, features.ID)[:1]).decode(errors="replace")


def _objects(
    example: tf.train.Example,
) -> Iterator[tuple[str, tuple[float, ...] | None]]:
    """The name of each object, and its edges; None where there are not four for each."""
    labels, texts = _values(example, features.LABEL), _values(example, features.TEXT)
    edges = [_values(example, key) for key in features.BOX]
    complete = all(len(edge) == len(labels) for edge in edges)
    for index, label in enumerate(labels):
        named = len(texts) == len(labels)
        name = texts[index].decode(errors="replace") if named else str(label)
        yield name, tuple(edge[index] for edge in edges) if complete else None


def _picture(example: tf.train.Example) -> bytes:
    encoded = _values(example, features.IMAGE)
    if len(encoded) != 1:
        raise UnreadableError(f"has not one {features.IMAGE}")
    return bytes(encoded[0])
