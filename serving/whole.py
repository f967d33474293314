"""All of a picture as a model is sent it that finds for itself what there is: light on dark."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from serving.ink import Ink, Invert, separate

_LARGEST: Final = 160
"""Pixels of the longer side that are enough to tell paper from ink."""


def take_whole(grey: NDArray[np.uint8], invert: Invert = "auto") -> Ink:
    """Inverts dark ink on light paper; the arguments are those of `serving.ink.find_ink`."""
    ratio = min(1.0, _LARGEST / max(grey.shape))
    height, width = (max(1, round(side * ratio)) for side in grey.shape)
    sheet = separate(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), invert)
    canvas = 255 - grey if sheet.inverted else None
    return Ink(found=True, inverted=sheet.inverted, canvas=canvas, doubts=sheet.doubts)
