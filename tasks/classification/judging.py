"""The metrics of classification, of which each is written once in `digit.metrics`."""

from typing import Final

from digit.metrics import ACCURACY, CALIBRATION_ERROR, EMPTY_RECALL, F1, PLOTS, PRECISION, RECALL

__all__ = ["METRICS", "PLOTS", "RIGHT"]

RIGHT: Final = ACCURACY.name
METRICS: Final = (ACCURACY, PRECISION, RECALL, F1, CALIBRATION_ERROR, EMPTY_RECALL)
