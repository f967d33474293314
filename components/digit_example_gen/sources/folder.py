"""Pictures that people bring, with labels in YOLO's, Pascal VOC's or COCO's format.

Labels are read once, when the source is opened; pictures where their range of indices is made. A
picture that cannot be read, or whose label is bad, is left out with its reason, as is one that is
of no use for the task.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import tensorflow as tf

from components.digit_example_gen.example import Labelled, as_examples
from components.digit_example_gen.labelled_picture import (
    Opened,
    as_crop,
    as_labelled,
    open_picture,
)
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.source_options import FolderOptions, SourceBase
from components.digit_example_gen.units import Unit, divide, units_of
from vocabulary.classes import in_yaml, label_of, listed
from vocabulary.errors import UserError
from vocabulary.handwriting import FOLDER
from vocabulary.labels.files import Folder, for_each, list_folder, sizes_and_times
from vocabulary.labels.recognise import read_labels
from vocabulary.labels.record import Labels
from vocabulary.pictures import UnreadableError
from vocabulary.source import Chunk, Content, LeftOut, Source
from vocabulary.task.examples import examples_of

EMBEDDED = False

_TEXT: Final = (".txt", ".xml", ".json", ".yaml", ".yml")
"""What labels are written in."""


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """The pictures of a folder, divided between splits."""
    options = _options(data.source)
    folder, labels = read_labels(options.dir)
    _require_classes(labels, data.classes, where=options.dir)
    units = divide(list(units_of(labels, options)), splits, options)
    return LabelledPictures(folder, units, data, options.crop)


def _options(source: SourceBase) -> FolderOptions:
    assert isinstance(source, FolderOptions)
    return source


def _require_classes(labels: Labels, classes: Sequence[str], *, where: str) -> None:
    """Raises UserError for objects of a class that the task does not name."""
    there = {one.name for record in labels.records for one in record.objects}
    if others := sorted(name for name in there if label_of(name, classes) is None):
        kinds = "classes" if len(others) > 1 else "class"
        raise UserError(
            f"{where} has the {kinds} {listed(others)}, and task.classes names {listed(classes)}; "
            f"set task.classes to those that the folder has, {in_yaml(labels.classes)}, or rename "
            "those that are wrong"
        )


def fingerprint(source: SourceBase) -> str:
    """A digest of all names, what label files hold, and sizes and times of pictures.

    Digests of a million pictures would take as long as using them.
    """
    folder = list_folder(_options(source).dir)
    digest = hashlib.sha256()
    texts = folder.ending_in(*_TEXT)
    for file, content in zip(texts, for_each(folder.bytes_of, texts), strict=True):
        digest.update(f"{file} {hashlib.sha256(content).hexdigest()}\n".encode())
    pictures = folder.pictures()
    for file, state in zip(pictures, sizes_and_times(folder, pictures), strict=True):
        digest.update(f"{file} {state}\n".encode())
    return digest.hexdigest()


def _place(unit: Unit) -> bytes:
    """Where a unit comes in its split: folders are often in the order of classes."""
    return hashlib.sha256(unit.name.encode()).digest()


class LabelledPictures:
    """A `vocabulary.source.Source`: all pictures of a split, however many are asked for."""

    def __init__(
        self,
        folder: Folder,
        units: dict[str, list[Unit]],
        data: DataOptions,
        crop: float | None,
    ):
        """Takes the units of each split, and how much is around the object of a crop."""
        self._folder, self._crop = folder, crop
        self._units = {split: sorted(some, key=_place) for split, some in units.items()}
        self._classes = data.classes
        self._why_unusable = examples_of(data.task).why_unusable

    def count(self, split: str, *, asked: int) -> int:
        """All that there are, those that are left out too."""
        return len(self._units[split])

    def examples(self, split: str, start: int, stop: int) -> Chunk:
        """The tf.Examples of a range of indices, and what was left out."""
        examples: list[bytes] = []
        left_out: list[LeftOut] = []
        contents: list[Content] = []
        for index, unit in enumerate(self._units[split][start:stop], start):
            try:
                opened = self._open(unit)
            except UnreadableError as error:
                left_out.append(LeftOut(unit.name, str(error), True, index))
                continue
            [example] = as_examples([self._labelled(unit, opened)])
            why = self._why_unusable(tf.train.Example.FromString(example))
            if why:
                left_out.append(LeftOut(unit.name, why, False, index))
            else:
                examples.append(example)
                contents.append(Content(opened.content(), unit.record.path))
        return Chunk(examples, tuple(left_out), tuple(contents))

    def _open(self, unit: Unit) -> Opened:
        if unit.fault:
            raise UnreadableError(unit.fault)
        return open_picture(self._folder.picture(unit.record.path), unit.record)

    def _labelled(self, unit: Unit, opened: Opened) -> Labelled:
        source_id = f"{FOLDER}/{unit.group}"
        if unit.object is None or self._crop is None:
            return as_labelled(opened, self._classes, id_=unit.name, source_id=source_id)
        return as_crop(
            opened, unit.object, self._crop, self._classes, id_=unit.name, source_id=source_id
        )
