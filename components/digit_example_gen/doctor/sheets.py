"""Pictures of a data set as the pages of the doctor show them, small and with boxes."""

from collections.abc import Iterator, Sequence
from typing import Final

from components.digit_example_gen.doctor.dataset import Dataset, read_pictures
from components.digit_example_gen.labelled_picture import Opened, open_picture
from vocabulary.document import Mark, Picture
from vocabulary.labels.record import Object
from vocabulary.pictures import UnreadableError, as_png

SHEET: Final = 48
"""Pictures on a sheet."""
_LARGEST: Final = 320
"""Pixels of the longer side of a picture on a page."""


def labelled_pictures(
    dataset: Dataset, paths: Sequence[str], *, wrong: bool = False
) -> Iterator[Picture]:
    """Those of the pictures that can be read, with their labels."""
    bad = dataset.labels.errors()
    for path, objects, small in opened_pictures(dataset, paths):
        names = names_of(objects)
        if path in bad:
            names = f"{names}, and what cannot be read" if objects else "no label that can be read"
        marks = tuple(Mark(one.box, "truth") for one in objects)
        yield Picture(small, f"{path}: {names}", marks, wrong)


def opened_pictures(
    dataset: Dataset, paths: Sequence[str]
) -> Iterator[tuple[str, tuple[Object, ...], bytes]]:
    """Those of the pictures that can be read: path, objects, and PNG or JPEG, upright and small."""
    for record, stored in read_pictures(dataset, frozenset(paths)):
        try:
            opened = open_picture(stored, record)
        except UnreadableError:
            continue
        yield record.path, opened.objects, _small(opened)


def names_of(objects: Sequence[Object]) -> str:
    """What objects are called."""
    return ", ".join(one.name for one in objects) or "nothing"


def _small(opened: Opened) -> bytes:
    if max(opened.image.size) <= _LARGEST:
        return opened.encoded
    image = opened.image.copy()
    image.thumbnail((_LARGEST, _LARGEST))
    return as_png(image)
