"""Predictions as labels: `digits predict --format`, to be corrected in a tool, and read back.

The folder has copies of the pictures, upright, and their labels, so that it is complete.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from serving.predict import Row
from serving.reading import Reader
from vocabulary.errors import UserError
from vocabulary.labels.record import Annotated, Object
from vocabulary.labels.write import Form, write_labels, write_picture
from vocabulary.labels.yolo import CLASSES
from vocabulary.new_folder import new_folder
from vocabulary.pictures import upright
from vocabulary.task.predictions import ObjectFields


def label_fields(reader: Reader) -> ObjectFields:
    """The fields that labels are made of; UserError if the task does not say where objects are."""
    fields = reader.predictions.OBJECT
    if fields is None or fields.rectangle is None:
        raise UserError(
            f"labels say where objects are, and a model for the task {reader.task.kind} does not; "
            "leave --format out"
        )
    return fields


def write_as_labels(
    rows: Sequence[Row], fields: ObjectFields, folder: Path, form: Form, *, classes: Sequence[str]
) -> None:
    """Writes what was read in files; a picture in which nothing was read has an empty label.

    A picture keeps its path below the folder that all have in common. `classes` are those that the
    model knows, whose order is that of their numbers in YOLO's labels.

    Raises:
        UserError: if there is something at the folder already.
    """
    places = _places([row.path for row in rows])
    with new_folder(folder) as partial:
        records = []
        for row in rows:
            path = write_picture(partial, places[row.path], upright(row.path.read_bytes()))
            records.append(Annotated(path, tuple(objects(row, fields)), (row.width, row.height)))
        write_labels(partial, form, records, classes)


def objects(row: Row, fields: ObjectFields) -> Iterator[Object]:
    """The objects that were read in a picture, one or, if all were looked for, several."""
    assert fields.rectangle  # `label_fields` refuses those without
    for one in (row.prediction,) if row.members is None else row.members:
        values = one.fields(width=row.width, height=row.height)
        if values[fields.name] is not None:
            yield Object(values[fields.name], tuple(values[fields.rectangle]), "")


def _places(paths: Sequence[Path]) -> Mapping[Path, PurePosixPath]:
    """Where each picture goes, so that a label file of its name is that of no other.

    YOLO lists names of classes in `classes.txt`, in any folder.
    """
    absolute = {path: Path(os.path.abspath(path)) for path in paths}
    root = os.path.commonpath([path.parent for path in absolute.values()])
    taken: set[PurePosixPath] = set()
    places = {}
    for path, whole in absolute.items():
        place = PurePosixPath(whole.relative_to(root).as_posix())
        stem, number = place.with_suffix(""), 1
        while stem in taken or stem.name.lower() == PurePosixPath(CLASSES).stem:
            number += 1
            stem = place.with_name(f"{place.stem}-{number}")
        taken.add(stem)
        places[path] = stem.with_name(stem.name + place.suffix)
    return places
