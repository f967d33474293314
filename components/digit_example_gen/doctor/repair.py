"""Writes a copy of a folder without what is bad; the folder itself stays as it is.

Pictures are upright, PNG or JPEG, in folders of their splits; labels are in the format that
they were in. What is bad is left out, not guessed at; boxes that stood twice are there once.
"""

from pathlib import Path, PurePosixPath
from typing import get_args

from components.digit_example_gen.doctor.dataset import Dataset, read_pictures
from components.digit_example_gen.labelled_picture import open_picture
from vocabulary.errors import UserError
from vocabulary.labels.places import split_of_folder
from vocabulary.labels.record import Annotated
from vocabulary.labels.write import Form, write_labels, write_picture
from vocabulary.new_folder import new_folder
from vocabulary.pictures import UnreadableError


def write_repaired(dataset: Dataset, target: Path) -> int:
    """Writes the copy, which appears whole or not at all; gives how many pictures it has.

    Raises:
        UserError: if there is something at the target already, no picture is good, or they are in
            TFRecords.
    """
    if dataset.labels.form not in get_args(Form):
        raise UserError("--write is for folders of pictures, not for TFRecords; leave it out")
    with new_folder(target) as partial:
        labels = dataset.labels
        bad = labels.errors()
        good = {record.path for record in labels.records if record.path not in bad}
        pictures = read_pictures(dataset, good)
        written = [one for picture in pictures if (one := _copy(*picture, partial))]
        if not written:
            raise UserError(
                f"{dataset.root} has no picture that is good; there is nothing to write"
            )
        write_labels(partial, labels.form, written, labels.classes)
    return len(written)


def _copy(record: Annotated, stored: bytes, target: Path) -> Annotated | None:
    """The record as it is in the copy; None for a picture that cannot be read."""
    try:
        opened = open_picture(stored, record)
    except UnreadableError:
        return None
    path = PurePosixPath(record.path)
    if record.split and split_of_folder(record.path) != record.split:
        path = record.split / path
    written = write_picture(target, path, opened.encoded)
    return Annotated(written, opened.objects, opened.image.size, record.split)
