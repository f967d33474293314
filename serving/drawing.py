"""Pictures with what was read in them, as `digits predict --output` writes them."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from PIL import Image

from vocabulary.pictures import open_upright
from vocabulary.task.predictions import Prediction

_SMALLEST: Final = 300
"""Pixels of the longer side that a smaller picture is enlarged to, by a whole factor."""


class Drawing(Protocol):
    """The module of a task that draws what it reads: `predictions`, or `sequence`."""

    def draw(self, prediction: Any, image: Image.Image, /) -> None:
        """Draws it on its picture."""


def draw(encoded: bytes, prediction: Prediction, *, how: Drawing) -> bytes:
    """The picture as PNG, upright, with the prediction drawn as its task draws it."""
    image = open_upright(encoded).convert("RGB")
    # In a picture as small as a canvas, what is drawn would hide the ink.
    factor = max(1, _SMALLEST // max(image.size))
    image = image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
    how.draw(prediction, image)
    png = io.BytesIO()
    image.save(png, format="PNG")
    return png.getvalue()


def drawn_files(paths: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Where each picture is drawn to: `stem.png`, or `stem-2.png` where that name is taken."""
    files: dict[Path, Path] = {}
    taken: set[str] = set()
    sources = {path.resolve() for path in paths}
    for path in paths:
        name, number = f"{path.stem}.png", 1
        while name in taken or (folder / name).resolve() in sources:
            number += 1
            name = f"{path.stem}-{number}.png"
        taken.add(name)
        files[path] = folder / name
    return files
