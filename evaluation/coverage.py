"""Coverage: which share of pictures is read if a model abstains where it is not sure.

Goodfellow et al., ICLR 2014, ask for it at the accuracy of people, 98%; this project, at 99%.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

ACCURACY: Final = 0.99

Floats = NDArray[np.float64]


def curve(right: NDArray[np.bool_], confidence: Floats) -> tuple[Floats, Floats, Floats]:
    """What abstaining below each confidence gives, the highest first.

    Takes whether each of n predictions is right, [n], and how sure the model is of it, [n].

    Returns:
        The share of the pictures that are read, the share of these that are right, and the
        confidence from which on they are; as many as there are different confidences.
    """
    order = np.argsort(-confidence, kind="stable")
    right, confidence = np.asarray(right)[order], confidence[order]
    # A confidence cannot part predictions that share it.
    last = np.flatnonzero(np.append(np.diff(confidence) != 0, len(right) > 0))
    count = np.arange(1, len(right) + 1)
    accuracy = np.cumsum(right) / count
    return count[last] / len(right), accuracy[last], confidence[last]


def coverage_at(right: NDArray[np.bool_], confidence: Floats) -> float:
    """The largest share that can be read with `ACCURACY`; 0 where none can."""
    if not len(right):
        return 0.0
    coverage, accuracy, _ = curve(right, confidence)
    return float(coverage[accuracy >= ACCURACY].max(initial=0.0))
