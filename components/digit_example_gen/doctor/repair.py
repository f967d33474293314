"""Writes a copy of a folder without what is bad; the folder itself stays as it is.

Pictures are upright, PNG or JPEG, in folders of their splits; labels are in the format that
they were in. What is bad is left out, not guessed at; boxes that stood twice are there once.
"""

from pathlib import Path, PurePosixPath

from components.digit_example_gen.labelled_picture import open_picture
from components.digit_example_gen.sources.labels.files import Folder
from components.digit_example_gen.sources.labels.places import split_of_folder
from components.digit_example_gen.sources.labels.record import Annotated, Labels
from components.digit_example_gen.sources.labels.write import write_labels, write_picture
from vocabulary.errors import UserError
from vocabulary.new_folder import new_folder
from vocabulary.pictures import UnreadableError


def write_repaired(folder: Folder, labels: Labels, target: Path) -> int:
    """Writes the copy, which appears whole or not at all; gives how many pictures it has.

    Raises:
        UserError: if there is something at the target already, or no picture is good.
    """
    with new_folder(target) as partial:
        bad = labels.errors()
        good = [record for record in labels.records if record.path not in bad]
        written = [one for record in good if (one := _copy(folder, record, partial))]
        if not written:
            raise UserError(f"{folder.root} has no picture that is good; there is nothing to write")
        write_labels(partial, labels.form, written, labels.classes)
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
    written = write_picture(target, path, opened.encoded)
    return Annotated(written, opened.objects, opened.image.size, record.split)
