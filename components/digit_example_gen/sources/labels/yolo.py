"""Pictures with labels in YOLO's format, as LabelImg writes it.

Each `NAME.png`, `NAME.jpg` or the like has a `NAME.txt` beside it with a line for each object:
`CLASS XCENTRE YCENTRE WIDTH HEIGHT`, the last four as shares of the picture. A picture that EXIF
says is on its side is turned upright, as it was seen when it was labelled.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from components.digit_example_gen.example import Edges, Labelled
from vocabulary.errors import UserError
from vocabulary.pictures import UnreadableError, open_upright, upright

_PNG_MAGIC: Final = b"\x89PNG"
_ROUNDING: Final = 1e-3
"""How far an edge may be off the picture, of which it is a share."""
_MOST_CLASSES: Final = 2**31
_FORM: Final = "CLASS XCENTRE YCENTRE WIDTH HEIGHT, the last four as shares of the picture"


def read_picture(path: Path) -> Labelled:
    """A picture with the objects that its label names, in reading order from left to right.

    Raises:
        UserError: if the picture or its label cannot be read.
    """
    try:
        stored = path.read_bytes()
        width, height = open_upright(stored).size
    except UnreadableError as error:
        raise UserError(f"{path} {error}; mend or remove it") from error
    encoded = upright(stored)
    objects = sorted(read_label(path.with_suffix(".txt")), key=lambda one: one[1])
    return Labelled(
        id=path.name,
        source_id=path.name,
        form="",
        encoded=encoded,
        format="png" if encoded.startswith(_PNG_MAGIC) else "jpeg",
        size=(height, width),
        labels=[class_ for class_, _ in objects],
        texts=[str(class_) for class_, _ in objects],
        boxes=[box for _, box in objects],
    )


def read_label(path: Path) -> list[tuple[int, Edges]]:
    """Class and box of each object, in the order of the file; none in an empty one.

    Raises:
        UserError: if there is no such file, or a line is no label; it names the line.
    """
    if not path.is_file():
        raise UserError(f"there is no {path}; give each picture a label: {_FORM}")
    lines = path.read_text(errors="replace").splitlines()
    objects = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            objects.append(_object(line.split()))
        except ValueError:
            raise UserError(f"{path}, line {number} is no label; it takes {_FORM}") from None
    return objects


def _object(words: Sequence[str]) -> tuple[int, Edges]:
    class_, x, y, width, height = map(float, words)
    xmin, ymin, xmax, ymax = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    inside = all(-_ROUNDING <= edge <= 1 + _ROUNDING for edge in (xmin, ymin, xmax, ymax))
    is_class = class_.is_integer() and 0 <= class_ < _MOST_CLASSES
    if not (is_class and inside and xmin < xmax and ymin < ymax):
        raise ValueError
    return int(class_), (max(xmin, 0.0), max(ymin, 0.0), min(xmax, 1.0), min(ymax, 1.0))
