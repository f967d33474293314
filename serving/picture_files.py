"""Pictures that a user names: files, folders and globs; and pictures with what was read in them."""

import glob
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from serving.ink import Invert
from serving.prediction import Prediction
from serving.prepare import Prepared, prepare
from vocabulary.errors import UserError
from vocabulary.pictures import SUFFIXES, UnreadableError, open_upright, upright_size

_COLOUR: Final = (252, 141, 89)


@dataclass(frozen=True)
class Picture:
    """A file that is a whole picture."""

    path: Path
    encoded: bytes
    """The file's bytes."""
    prepared: Prepared
    width: int
    """Pixels, upright."""
    height: int
    """Pixels, upright."""


def find_pictures(names: Iterable[str]) -> list[Path]:
    """The files of names, each of which may be a file, a folder or a glob; each once, in order.

    Of a folder and those within it, only pictures by their suffix are taken.

    Raises:
        UserError: if a folder or a glob has none. A file that is not there is found out later.
    """
    found: dict[Path, None] = {}
    for name in names:
        found.update(dict.fromkeys(_files(name)))
    return list(found)


def _files(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if not files:
            raise UserError(f"{name} has no file that ends in {', '.join(SUFFIXES)}")
        return files
    if path.exists() or not glob.has_magic(name):
        return [path]
    matches = [Path(match) for match in sorted(glob.glob(name, recursive=True))]
    files = [match for match in matches if not match.is_dir()]
    if not files:
        raise UserError(f"{name} matches no file")
    return files


def read_picture(path: Path, *, invert: Invert) -> Picture:
    """Reads a file and decodes it, so that a broken one is found before a batch fails.

    Raises:
        UnreadableError: if it is not there, or no whole picture of sane dimensions.
    """
    try:
        encoded = path.read_bytes()
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
    prepared = prepare(encoded, invert=invert)
    width, height = upright_size(encoded)
    return Picture(path, encoded, prepared, width=width, height=height)


def draw_box(picture: Picture, prediction: Prediction) -> bytes:
    """The picture as PNG, upright, with the box and the digit that were read in it."""
    image = open_upright(picture.encoded).convert("RGB")
    # A picture as small as the canvas is enlarged by whole pixels, or the box would hide the digit.
    factor = max(1, 300 // max(image.size))
    image = image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
    line = max(2, max(image.size) // 200)
    draw = ImageDraw.Draw(image)
    size = max(14, max(image.size) // 20)
    box = pixels(prediction, width=image.width, height=image.height)
    if box is None:
        draw.text((line, line), "no digit", _COLOUR, font_size=size)
    else:
        xmin, ymin, _, ymax = box
        draw.rectangle(box, outline=_COLOUR, width=line)
        unsure = "?" if prediction.doubts else ""
        label = f"{prediction.digit}{unsure}  {prediction.probability:.2f}"
        above = ymin - 1.2 * size
        draw.text((xmin, above if above >= 0 else ymax + line), label, _COLOUR, font_size=size)
    drawn = io.BytesIO()
    image.save(drawn, format="PNG")
    return drawn.getvalue()


def pixels(prediction: Prediction, *, width: int, height: int) -> tuple[int, int, int, int] | None:
    """The box (xmin, ymin, xmax, ymax), in pixels of a picture of this size, if there is one."""
    if prediction.box is None:
        return None
    xmin, ymin, xmax, ymax = prediction.box
    return (
        round(xmin * width),
        round(ymin * height),
        max(round(xmin * width), round(xmax * width)),
        max(round(ymin * height), round(ymax * height)),
    )
