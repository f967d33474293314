"""A mask and the box around it, as people are shown them: `digits predict` and Python's client."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageDraw

from digit.predictions import COLOUR, write
from vocabulary.task.predictions import EDGES, NO_INK, Rectangle, View, in_pixels

OBJECT: Final = None
LINES: Final = True
COLUMNS: Final = ("ink", *EDGES)
NOTHING_FOUND: Final = "no ink is found"


@dataclass(frozen=True)
class Prediction:
    """What the model takes for ink; in a picture without any: nothing."""

    mask: bytes
    """A grey PNG of the part of the picture that was sent: 255 is surely ink; empty without ink."""
    square: tuple[float, float, float, float]
    """left, top, width and height of that part, as shares of the upright picture."""
    box: Rectangle | None
    """(xmin, ymin, xmax, ymax) around the ink, in [0, 1] of the upright picture."""
    doubts: tuple[str, ...] = ()
    """Why it may be wrong."""

    @property
    def ink(self) -> float | None:
        """The share of the picture that is more likely ink than not."""
        if self.box is None:
            return None
        counts = Image.open(io.BytesIO(self.mask)).histogram()
        return sum(counts[128:]) / sum(counts) * self.square[2] * self.square[3]

    def fields(self, *, width: int, height: int) -> dict[str, Any]:
        """Its values by name; the mask, a PNG, in base64."""
        pixels = in_pixels(self.box, width=width, height=height)
        return {
            "ink": self.ink,
            "mask_bytes": base64.b64encode(self.mask).decode() if self.box else None,
            "box": self.box and list(self.box),
            "pixels": pixels and list(pixels),
        }

    def columns(self, *, width: int, height: int) -> dict[str, int | float | str | None]:
        """A row of `COLUMNS`; edges of the box are in pixels of a picture of this size."""
        edges = in_pixels(self.box, width=width, height=height) or (None,) * 4
        return dict(zip(COLUMNS, (self.ink, *edges), strict=True))


NOTHING: Final = Prediction(b"", (0.0, 0.0, 1.0, 1.0), None, (NO_INK,))
"""What is read in a picture without ink."""


def read(outputs: Mapping[str, Any], view: View, classes: Sequence[str]) -> Prediction:
    """The prediction for one picture, whose box is told in coordinates of the whole picture."""
    xmin, ymin, xmax, ymax = map(float, outputs["box"])
    if not (xmin < xmax and ymin < ymax):
        return Prediction(b"", view.square, None, (NOTHING_FOUND, *view.doubts))
    [mask] = outputs["mask_bytes"]
    return Prediction(bytes(mask), view.square, view.in_picture(outputs["box"]), view.doubts)


def draw(prediction: Prediction, image: Image.Image) -> None:
    """Tints the ink, and draws the box around it."""
    box = in_pixels(prediction.box, width=image.width, height=image.height)
    if box is None:
        write(NOTHING_FOUND, image)
        return
    left, top, width, height = prediction.square
    part = (round(width * image.width), round(height * image.height))
    mask = Image.open(io.BytesIO(prediction.mask)).convert("L").resize(part)
    likely = mask.point(lambda grey: 160 if grey >= 128 else 0)
    image.paste(COLOUR, (round(left * image.width), round(top * image.height)), likely)
    ImageDraw.Draw(image).rectangle(box, outline=COLOUR, width=max(2, max(image.size) // 200))
