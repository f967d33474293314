"""The figure of the verdict: the value of each metric with its interval, its bar, the champion."""

from collections.abc import Iterator, Mapping

from components.report.figure import BLUE, FAINT, GREEN, ORANGE, Drawing
from evaluation.results import SliceResult
from evaluation.slice_names import WHOLE
from evaluation.verdict import Check, Verdict
from vocabulary.document import Figure
from vocabulary.task.judging import Metric

_PASSED = {True: GREEN, False: ORANGE, None: FAINT}
_SHORTEST = 0.2
"""Of the axis, which ends at 1: what is close to it stays apart."""


def draw(decision: Verdict, whole: SliceResult, metrics: Mapping[str, Metric]) -> Iterator[Figure]:
    """A row for each share, on all pictures; those with a bar come first. Nothing without any."""
    shares = [
        check
        for check in decision.checks
        if check.slice == WHOLE and check.value is not None and not metrics[check.metric].unit
        and metrics[check.metric].better == "higher"
    ]  # fmt: skip
    rows = sorted(shares, key=lambda check: check.bar is None)
    if not rows:
        return
    with Drawing("headline", 6.2, 0.8 + 0.3 * len(rows)) as drawing:
        (axes,) = drawing.axes()
        lowest = 1 - _SHORTEST
        for place, check in enumerate(rows):
            estimate = whole.candidate[check.metric]
            low = estimate.value if estimate.lower is None else estimate.lower
            high = estimate.value if estimate.upper is None else estimate.upper
            colour = _PASSED[check.passed] if check.bar is not None else BLUE
            axes.plot([low, high], [place, place], color=colour, alpha=0.45, linewidth=5)
            axes.plot([estimate.value], [place], color=colour, marker="o", markersize=7)
            if check.bar is not None:
                ends = [place - 0.38, place + 0.38]
                axes.plot([check.bar, check.bar], ends, color=ORANGE, linewidth=2.2)
            if check.champion is not None:
                axes.plot(
                    [check.champion],
                    [place],
                    color=FAINT,
                    marker="D",
                    markersize=6,
                    fillstyle="none",
                )
            lowest = min(lowest, low, check.bar or low, check.champion or low)
        axes.set_yticks(range(len(rows)), [_label(check) for check in rows])
        axes.set(xlim=(max(lowest - 0.02, 0), 1.005), ylim=(len(rows) - 0.4, -0.6))
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        champion = "; diamonds are the champion's values" if decision.champion else ""
        yield drawing.finish(
            f"Values on the {whole.count:,} pictures of the eval split with their 95% confidence "
            f"intervals; upright strokes are the bars to reach{champion}.",
            wide=True,
        )


def _label(check: Check) -> str:
    return f"{check.title}  {check.value:.4f}"
