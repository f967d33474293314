"""What a picture shows once it is opened: findings, and what it looks like."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Final, NamedTuple

import numpy as np
from PIL import Image

from components.digit_example_gen.doctor.dataset import Read
from components.digit_example_gen.labelled_picture import Opened, open_picture
from vocabulary.boxes import Edges
from vocabulary.labels.record import Annotated, Finding
from vocabulary.pictures import UnreadableError, frames, orientation

_SMALLEST: Final = 10
"""Pixels on a side, below which a picture is likely a thumbnail or a mistake."""
_HASH: Final = 8


class Seen(NamedTuple):
    """A picture that was opened.

    Attributes:
        path: in the folder.
        content: a digest of its pixels.
        look: 64 bits that a copy of another size or compression shares but for a few, as an
            integer: whether each of 8x8 areas is darker than the one to its right.
        size: width and height in pixels, upright.
        boxes: of its objects, upright.
    """

    path: str
    content: str
    look: int
    size: tuple[int, int]
    boxes: tuple[Edges, ...]


class Look(NamedTuple):
    """What there is to say of a picture: `seen` is None where it cannot be read."""

    path: str
    seen: Seen | None
    findings: list[Finding]


def look_at(record: Annotated, read: Read, *, turn: AbstractContextManager[Any]) -> Look:
    """Opens a picture when it has its turn; that it cannot be read is an error."""
    try:
        stored = read()
        with turn:
            return _look_at(record, stored)
    except UnreadableError as error:
        finding = Finding("error", record.path, "", str(error), "mend or remove it", record.path)
        return Look(record.path, None, [finding])


def _look_at(record: Annotated, stored: bytes) -> Look:
    path = record.path
    opened = open_picture(stored, record)
    seen = Seen(
        path, opened.content(), _look(opened.image), opened.image.size,
        tuple(one.box for one in opened.objects),
    )  # fmt: skip
    findings = [one._replace(picture=path) for one in _findings(path, stored, opened)]
    return Look(path, seen, findings)


def _findings(path: str, stored: bytes, opened: Opened) -> Iterator[Finding]:
    image = opened.image
    if (count := frames(stored)) > 1:
        yield Finding("warning", path, "", f"has {count} frames", "only the first counts")
    if min(image.size) < _SMALLEST:
        yield Finding("warning", path, "", f"is only {image.width} x {image.height} pixels",
                      "look whether it is what was labelled")  # fmt: skip
    if (turned := orientation(stored)) != 1:
        yield Finding("note", path, "", f"is stored turned (EXIF {turned})",
                      "it is used upright; look whether its boxes were drawn on it so")  # fmt: skip
    if image.mode.startswith("I;16"):
        yield Finding("note", path, "", "is of 16 bits", "the upper 8 are used")
    elif image.mode in ("I", "F"):
        yield Finding("warning", path, "", "is of 32 bits, of which what is above 255 is cut off",
                      "save it as 8 or 16 bits")  # fmt: skip
    if image.mode == "CMYK":
        yield Finding("note", path, "", "is CMYK", "it is used as RGB, whose colours may differ")
    if image.has_transparency_data:
        yield Finding("note", path, "", "is transparent in places", "models see black there")


def _look(image: Image.Image) -> int:
    """The difference hash."""
    grey = np.asarray(image.convert("L").resize((_HASH + 1, _HASH), Image.Resampling.BOX), int)
    darker = (grey[:, :-1] < grey[:, 1:]).ravel()
    return int.from_bytes(np.packbits(darker).tobytes(), "big")
