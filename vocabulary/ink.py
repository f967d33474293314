"""Where the ink of a picture is."""

import cv2
import numpy as np
from numpy.typing import NDArray

INK = 128
"""A pixel of 0 to 255 is ink from here on; the box is tight around the ink."""


def ink_box(pixels: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """The box around all ink of uint8 [h, w]: (xmin, ymin, xmax, ymax), edges in pixels."""
    x, y, width, height = cv2.boundingRect((pixels >= INK).view(np.uint8))
    return x, y, x + width, y + height
