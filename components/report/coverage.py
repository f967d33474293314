"""How many pictures can be read at which accuracy, if the model abstains where it is not sure."""

import numpy as np
from numpy.typing import NDArray

from components.report.figure import BLUE, FAINT, Drawing
from evaluation.coverage import ACCURACY, coverage_at, curve
from vocabulary.document import Figure


def draw_coverage(
    right: NDArray[np.bool_], confidence: NDArray[np.float64], *, subject: str
) -> Figure:
    """The accuracy of what is read, against the share that is; `subject` names it: "numbers"."""
    coverage, accuracy, _ = curve(right, confidence)
    with Drawing("coverage") as drawing:
        (axes,) = drawing.axes()
        axes.axhline(ACCURACY, color=FAINT, linestyle="--", linewidth=1.2)
        axes.plot(coverage, accuracy, color=BLUE)
        low = min(float(accuracy.min()), ACCURACY)
        axes.set(
            xlabel=f"share of {subject} that are read", ylabel="share of these that are right",
            xlim=(0, 1), ylim=(max(low - 0.01, 0), 1.001),
        )  # fmt: skip
        return drawing.finish(_conclude(right, confidence, subject))


def _conclude(right: NDArray[np.bool_], confidence: NDArray[np.float64], subject: str) -> str:
    whole = f"Read all, {right.mean():.1%} of the {subject} are right"
    share = coverage_at(right, confidence)
    if share == 1:
        return f"{whole}: no picture need be left to people for an accuracy of {ACCURACY:.0%}."
    if not share:
        return f"{whole}; {ACCURACY:.0%} is not reached, however few are read."
    coverage, _, from_confidence = curve(right, confidence)
    least = float(from_confidence[coverage == share][0])
    return (
        f"{whole}. Read from a confidence of {least:.2f} on, which {share:.1%} of the pictures "
        f"have, {ACCURACY:.0%} are."
    )
