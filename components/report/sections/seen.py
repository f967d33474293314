"""Predictions to look at: the best, typical ones and the worst."""

import numpy as np

from components.report.document import Part, Pictures, Section, Words
from components.report.predictions import Prediction

_SHOWN = {"best": 6, "typical": 12, "worst": 12}


def seen(predictions: list[Prediction], *, of: int) -> Section:
    """Best and worst are by the digit first, then by overlap; typical ones are near the median.

    `of` is how many pictures were evaluated.
    """
    ranked = sorted(predictions, key=lambda p: (p.right, p.iou, p.confidence))
    by_iou = sorted(predictions, key=lambda p: p.iou)
    first = max((len(by_iou) - _SHOWN["typical"]) // 2, 0)
    wrong = sum(not p.right for p in predictions)
    median = float(np.median([p.iou for p in predictions]))
    shown = f"This and the figures are of the first {len(ranked):,} of {of:,} pictures. "
    parts: list[Part] = [
        Words(
            f"{shown if len(ranked) < of else ''}"
            "True boxes are green, predicted ones dashed orange. Below each picture stand the "
            "digit that was read, how sure the model is of it, and how far the boxes agree."
        ),
        _pictures(
            "The worst", ranked[: _SHOWN["worst"]],
            f"{wrong:,} of {len(ranked):,} digits are read wrong; these come first, then boxes "
            "with the least overlap.",
        ),
        _pictures(
            "Typical ones", by_iou[first : first + _SHOWN["typical"]],
            f"Around the median, an IoU of {median:.3f}: expect most answers to look like this.",
        ),
        _pictures(
            "The best", ranked[::-1][: _SHOWN["best"]], "Right digits with the most overlap."
        ),
    ]  # fmt: skip
    return Section("predictions", "Predictions", parts)


def _pictures(title: str, predictions: list[Prediction], caption: str) -> Pictures:
    return Pictures(title, [p.as_picture() for p in predictions], caption)
