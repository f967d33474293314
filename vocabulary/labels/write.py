"""Writes pictures with labels, in any of the formats, as a folder that can be read back."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from vocabulary.labels import coco, voc, yolo
from vocabulary.labels.record import Annotated

Form = Literal["yolo", "voc", "coco"]
_SUFFIXES: Final = {"png": (".png",), "jpeg": (".jpg", ".jpeg")}


def write_picture(folder: Path, path: PurePosixPath, encoded: bytes) -> str:
    """Writes a PNG or JPEG, with that suffix added to a name with another; gives its path."""
    kind = "png" if encoded.startswith(b"\x89PNG") else "jpeg"
    if path.suffix.lower() not in _SUFFIXES[kind]:
        path = path.with_name(path.name + _SUFFIXES[kind][0])
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(encoded)
    return str(path)


def write_labels(
    folder: Path, form: str, records: Sequence[Annotated], classes: Sequence[str]
) -> None:
    """Writes the labels of records that know their size; `form` is that of a format's module."""
    if form == voc.FORM:
        voc.write(folder, records)
    elif form == coco.FORM:
        coco.write(folder, records, classes)
    else:
        yolo.write(folder, records, classes)
        for place in {(folder / record.path).parent for record in records}:
            yolo.write_names(place, classes)  # LabelImg looks for them beside a label alone
