"""All of a picture as a model is sent it that finds for itself what there is: light on dark."""

import numpy as np
from numpy.typing import NDArray

from serving.ink import Ink, Invert, separate


def take_whole(grey: NDArray[np.uint8], invert: Invert = "auto") -> Ink:
    """Inverts dark ink on light paper; the arguments are those of `serving.ink.find_ink`."""
    sheet = separate(grey, invert)
    canvas = 255 - grey if sheet.inverted else None
    return Ink(found=True, inverted=sheet.inverted, canvas=canvas, doubts=sheet.doubts)
