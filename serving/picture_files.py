"""Pictures that a user names: files, folders and globs; and pictures with what was read in them."""

import glob
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, UnidentifiedImageError

from pipeline.errors import UserError
from serving.client import Prediction

SUFFIXES: Final = (".png", ".jpg", ".jpeg")
MAX_PIXELS: Final = 32_000_000
"""Of one picture, as it says itself before it is decoded."""
_COLOUR: Final = (252, 141, 89)


class UnreadableError(Exception):
    """A file that is no picture which a model can be given; says why."""


@dataclass(frozen=True)
class Picture:
    """A file that is a whole PNG or JPEG."""

    path: Path
    encoded: bytes
    width: int
    """Pixels."""
    height: int
    """Pixels."""


def find_pictures(names: Iterable[str]) -> list[Path]:
    """The files of names, each of which may be a file, a folder or a glob; each once, in order.

    Of a folder and those within it, only PNG and JPEG by their suffix are taken.

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


def read_picture(path: Path) -> Picture:
    """Reads a file and decodes it once, so that a broken one is found before a batch fails.

    Raises:
        UnreadableError: if it is not there, or no whole PNG or JPEG of sane dimensions.
    """
    try:
        encoded = path.read_bytes()
        with Image.open(io.BytesIO(encoded), formats=("PNG", "JPEG")) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise UnreadableError(f"is {width} x {height}, more than {MAX_PIXELS} pixels")
            image.load()
    except UnidentifiedImageError as error:
        raise UnreadableError("is neither PNG nor JPEG") from error
    except OSError as error:
        raise UnreadableError(error.strerror or f"is broken: {error}") from error
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableError(f"is broken: {error}") from error
    return Picture(path=path, encoded=encoded, width=width, height=height)


def draw_box(picture: Picture, prediction: Prediction) -> bytes:
    """The picture as PNG, with the box and the digit that were read in it."""
    image = Image.open(io.BytesIO(picture.encoded)).convert("RGB")
    # A picture as small as the canvas is enlarged by whole pixels, or the box would hide the digit.
    factor = max(1, 300 // max(image.size))
    image = image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
    xmin, ymin, xmax, ymax = pixels(prediction, width=image.width, height=image.height)
    line = max(2, max(image.size) // 200)
    draw = ImageDraw.Draw(image)
    draw.rectangle((xmin, ymin, xmax, ymax), outline=_COLOUR, width=line)
    size = max(14, max(image.size) // 20)
    label = f"{prediction.digit}  {prediction.probabilities[prediction.digit]:.2f}"
    above = ymin - 1.2 * size
    draw.text((xmin, above if above >= 0 else ymax + line), label, _COLOUR, font_size=size)
    drawn = io.BytesIO()
    image.save(drawn, format="PNG")
    return drawn.getvalue()


def pixels(prediction: Prediction, *, width: int, height: int) -> tuple[int, int, int, int]:
    """The box (xmin, ymin, xmax, ymax), in pixels of a picture of this size."""
    xmin, ymin, xmax, ymax = prediction.box
    return (
        round(xmin * width),
        round(ymin * height),
        max(round(xmin * width), round(xmax * width)),
        max(round(ymin * height), round(ymax * height)),
    )
