"""How far each edge of the box is off, and to which side."""

import numpy as np
from numpy.typing import NDArray

from components.report.figure import BLUE, FAINT, ORANGE, Drawing
from tasks.localization.evaluated import EvaluatedPictures
from vocabulary.document import Figure

_EDGES = ("left", "top", "right", "bottom")
_OFF = 0.005
"""Of the picture's side: an edge that is less off counts as exact."""


def draw(predictions: EvaluatedPictures) -> Figure:
    """Bars for each edge: how often it is too far left or up, and too far right or down.

    A degenerate box has edges like any other; one that is not finite is off on neither side.
    """
    errors = np.nan_to_num(predictions.predicted_boxes - predictions.boxes, posinf=0, neginf=0)
    before, after = (errors < -_OFF).mean(axis=0), (errors > _OFF).mean(axis=0)
    reach = 1.15 * max(float(before.max()), float(after.max()), 0.01)
    with Drawing("edges") as drawing:
        (axes,) = drawing.axes()
        for shares, colour, sign in ((before, BLUE, -1), (after, ORANGE, 1)):
            axes.barh(range(len(_EDGES)), sign * shares, height=0.55, color=colour)
            for place, share in enumerate(shares):
                axes.text(
                    sign * (share + 0.02 * reach), place, f"{share:.0%}", va="center",
                    ha="left" if sign > 0 else "right", fontsize=8.5,
                )  # fmt: skip
        axes.axvline(0, color=FAINT, linewidth=1.2)
        axes.set_yticks(range(len(_EDGES)), _EDGES)
        axes.invert_yaxis()
        axes.grid(visible=False)
        axes.set_xticks([-reach / 2, reach / 2], ["too far left or up", "too far right or down"])
        axes.set(xlim=(-reach, reach), xlabel="share of pictures")
        return drawing.finish(_conclude(errors))


def _conclude(errors: NDArray[np.float64]) -> str:
    off = np.abs(errors).mean(axis=0)
    worst = int(off.argmax())
    lean = errors.mean(axis=0)[worst]
    side = ("left or up" if lean < 0 else "right or down") if abs(lean) > off[worst] / 2 else ""
    return (
        f"In how many pictures each edge is off by more than {_OFF:.1%} of the side. The "
        f"{_EDGES[worst]} edge is the least exact, off by {off[worst]:.2%} on average"
        f"{f', mostly too far {side}' if side else ', to both sides'}."
    )
