"""Every metric of localization, picture by picture, with nothing borrowed from the code."""

import math

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score

from tests.evaluation.parrot import CANVAS, Rows


def expected(rows: Rows) -> dict[str, float]:
    """The value of each metric that is no mAP, by name, for rows as `random_rows` gives them."""
    right, ious, commons, unions, errors = [], [], [], [], []
    height, width = CANVAS
    for digit, *numbers in rows.tolist():
        xmin, ymin, xmax, ymax, predicted, *box, _ = numbers
        true_area = (xmax - xmin) * (ymax - ymin)
        common, area = 0.0, 0.0
        if all(map(math.isfinite, box)) and box[2] > box[0] and box[3] > box[1]:
            area = (box[2] - box[0]) * (box[3] - box[1])
            wide = min(xmax, box[2]) - max(xmin, box[0])
            high = min(ymax, box[3]) - max(ymin, box[1])
            common = wide * high if wide > 0 and high > 0 else 0.0
        right.append(digit == predicted)
        commons.append(common)
        unions.append(true_area + area - common)
        ious.append(common / unions[-1])
        off = [
            min(abs(found - true), 1.0) * side if math.isfinite(found) else side
            for found, true, side in zip(
                box, (xmin, ymin, xmax, ymax), (width, height, width, height), strict=True
            )
        ]
        errors.append(sum(off) / 4)
    iou, correct = np.array(ious), np.array(right)
    return {
        "accuracy": float(accuracy_score(rows[:, 0], rows[:, 5])),
        "mean_iou": iou.mean(),
        "pooled_iou": sum(commons) / sum(unions),
        "iou_at_50": (iou >= 0.5).mean(),
        "iou_at_60": (iou >= 0.6).mean(),
        "iou_at_75": (iou >= 0.75).mean(),
        "iou_at_90": (iou >= 0.9).mean(),
        "joint_at_50": (correct & (iou >= 0.5)).mean(),
        "edge_error": np.mean(errors),
        "calibration_error": calibration_error(correct, rows[:, 10]),
    }


def calibration_error(correct: NDArray[np.bool_], confidences: NDArray[np.float64]) -> float:
    """Guo et al.'s definition, bin by bin."""
    total = 0.0
    for low in range(15):
        inside = (confidences >= low / 15) & (confidences < (low + 1) / 15)
        if low == 14:
            inside |= confidences == 1.0
        if inside.any():
            total += inside.sum() * abs(correct[inside].mean() - confidences[inside].mean())
    return total / len(correct)
