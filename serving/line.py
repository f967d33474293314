"""Finds all ink of a picture as one line, for models that read several objects at once.

ink = find_line(grey)         # uint8 [height, width], a photograph of any size
ink.canvas                    # uint8 [height, width], what is sent; None: the picture as it is
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from serving.ink import BRIGHT, EDGE, Ink, Invert, Sheet, separate
from serving.parts import Part, joined

_SPECK: Final = 0.3
"""Parts that are lower than this share of the highest are none of it."""
_MARGIN: Final = 0.2
"""Around the line, of its height."""
_AS_TRAINED: Final = 0.4
"""Light ink that is this share of its picture high, or higher, is sent as it is."""


def find_line(grey: NDArray[np.uint8], invert: Invert = "auto") -> Ink:
    """Cuts the line out, light on dark; the arguments are those of `serving.ink.find_ink`."""
    sheet = separate(grey, invert)
    if sheet.doubts:
        return Ink(found=True, inverted=False, doubts=sheet.doubts)
    line = _line(sheet)
    if line is None:
        return Ink(found=False, inverted=sheet.inverted)
    rows, columns = sheet.strength.shape
    if not sheet.inverted and line.height >= _AS_TRAINED * rows:
        return Ink(found=True, inverted=False)
    margin = max(2, round(_MARGIN * line.height))
    left, top = max(line.x - margin, 0), max(line.y - margin, 0)
    cut = sheet.strength[top : line.bottom + margin, left : line.right + margin]
    low = sheet.paper + EDGE * sheet.reach / 2
    strong = float(np.percentile(sheet.strength[line.pixels], 75))
    light = np.clip((cut - low) / max(strong - low, EDGE * sheet.reach / 2), 0, 1)
    height, width = cut.shape
    return Ink(
        found=True,
        inverted=sheet.inverted,
        canvas=np.rint(light * (BRIGHT * 255)).astype(np.uint8),
        square=(left / columns, top / rows, width / columns, height / rows),
    )


def _line(sheet: Sheet) -> Part | None:
    """The parts of the line as one; what runs along a whole side is an edge of the paper."""
    rows, columns = sheet.strength.shape
    parts = [part for part in sheet.parts if part.width < 0.9 * columns and part.height < rows]
    highest = max((part.height for part in parts), default=0)
    line = None
    for part in parts:
        if part.height >= _SPECK * highest:
            line = joined(line, part) if line else part
    return line
