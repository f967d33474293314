"""Writes a copy of a folder without what is bad; the folder itself stays as it is.

Pictures are upright, PNG or JPEG, in folders of their splits; labels are in the format that
they were in. What is bad is left out, not guessed at; boxes that stood twice are there once.
"""

import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import Final

from components.digit_example_gen.labelled_picture import open_picture
from components.digit_example_gen.sources.labels import coco, voc, yolo
from components.digit_example_gen.sources.labels.files import Folder
from components.digit_example_gen.sources.labels.places import split_of_folder
from components.digit_example_gen.sources.labels.record import Annotated, Labels
from vocabulary.errors import UserError
from vocabulary.pictures import UnreadableError

_SUFFIXES: Final = {"png": (".png",), "jpeg": (".jpg", ".jpeg")}


def write_repaired(folder: Folder, labels: Labels, target: Path) -> int:
    """Writes the copy, which appears whole or not at all; gives how many pictures it has.

    Raises:
        UserError: if there is something at the target already, or no picture is good.
    """
    if target.exists():
        raise UserError(f"{target} is there already; name a folder that is not")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        partial = Path(scratch, target.name)
        bad = labels.errors()
        good = [record for record in labels.records if record.path not in bad]
        written = [one for record in good if (one := _copy(folder, record, partial))]
        if not written:
            raise UserError(f"{folder.root} has no picture that is good; there is nothing to write")
        _write_labels(labels, written, partial)
        partial.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return len(written)


def _copy(folder: Folder, record: Annotated, target: Path) -> Annotated | None:
    """The record as it is in the copy; None for a picture that cannot be read."""
    try:
        opened = open_picture(folder.bytes_of(record.path), record)
    except UnreadableError:
        return None
    path = PurePosixPath(record.path)
    if record.split and split_of_folder(record.path) != record.split:
        path = record.split / path
    kind = "png" if opened.encoded.startswith(b"\x89PNG") else "jpeg"
    if path.suffix.lower() not in _SUFFIXES[kind]:
        path = path.with_name(path.name + _SUFFIXES[kind][0])
    place = target / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(opened.encoded)
    return Annotated(str(path), opened.objects, opened.image.size, record.split)


def _write_labels(labels: Labels, records: list[Annotated], target: Path) -> None:
    if labels.form == voc.FORM:
        voc.write(target, records)
    elif labels.form == coco.FORM:
        coco.write(target, records, labels.classes)
    else:
        yolo.write(target, records, labels.classes)
