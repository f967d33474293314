"""Forest plots: in each row a point and its 95% interval for each series."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from components.report.figure import BLUE, GREEN, INK, ORANGE, Drawing
from evaluation.estimate import Estimate
from vocabulary.document import Figure

_STYLES = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), (INK, "D"))
_NARROW, _WIDE = 24, 48
"""Letters that fit half of a figure, and the whole of it."""


class Series(NamedTuple):
    """An estimate in each row, and the value that a dotted line marks."""

    title: str
    estimates: Sequence[Estimate]
    reference: float


def draw_forest(
    name: str, rows: Sequence[str], series: Sequence[Series], *, unit: str, caption: str
) -> Figure:
    """Draws the series under each other in every row; `name` keeps the figure's ids apart."""
    with Drawing(name, 4.8, 1.0 + (0.2 + 0.1 * len(series)) * len(rows)) as drawing:
        (axes,) = drawing.axes()
        shifts = np.linspace(-0.3, 0.3, len(series) + 2)[1:-1]
        for index, (one, shift) in enumerate(zip(series, shifts, strict=True)):
            colour, marker = _STYLES[index % len(_STYLES)]
            axes.axvline(one.reference, color=colour, linestyle=":", linewidth=1.2)
            for row, estimate in enumerate(one.estimates):
                y = row + shift
                if estimate.lower is not None and estimate.upper is not None:
                    ends = [estimate.lower, estimate.upper]
                    axes.plot(ends, [y, y], color=colour, alpha=0.55, linewidth=2.4)
                axes.plot(
                    [estimate.value], [y], color=colour, marker=marker, linestyle="", markersize=5,
                    label="_" if row else f" {_end_of(one.title)}",  # it hides what begins with _
                )  # fmt: skip
        axes.set_yticks(range(len(rows)), rows)
        axes.set(xlabel=unit, ylim=(len(rows) - 0.4, -0.6))
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        narrow = all(len(one.title) <= _NARROW for one in series)
        drawing.figure.legend(loc="outside upper right", ncols=2 if narrow else 1)
        return drawing.finish(caption)


def draw_panels(
    name: str,
    rows: Sequence[str],
    series: Sequence[Series],
    *,
    limits: Sequence[tuple[float, float]],
    caption: str,
) -> Figure:
    """Draws each series on axes of its own, side by side; `limits` are the ends of each."""
    with Drawing(name, 4.8, 0.9 + 0.26 * len(rows)) as drawing:
        panels = drawing.axes(1, len(series), sharey=True)
        for index, (axes, one, ends) in enumerate(zip(panels, series, limits, strict=True)):
            colour, marker = _STYLES[index % len(_STYLES)]
            axes.axvline(one.reference, color=colour, linestyle=":", linewidth=1.2)
            for row, estimate in enumerate(one.estimates):
                _draw(axes, estimate, row, colour=colour, marker=marker)
            axes.set(xlabel=one.title, xlim=ends)
            axes.xaxis.set_major_locator(MaxNLocator(3))
            axes.grid(visible=False, axis="y")
            axes.tick_params(axis="y", length=0)
        panels[0].set_yticks(range(len(rows)), rows)
        panels[0].set_ylim(len(rows) - 0.4, -0.6)
        return drawing.finish(caption)


def _draw(axes: Axes, estimate: Estimate, y: float, *, colour: str, marker: str) -> None:
    if estimate.lower is not None and estimate.upper is not None:
        axes.plot([estimate.lower, estimate.upper], [y, y], color=colour, alpha=0.55, linewidth=2.4)
    axes.plot([estimate.value], [y], color=colour, marker=marker, linestyle="", markersize=5)


def _end_of(title: str) -> str:
    """A folder's name may be wider than a figure; its end tells it from others."""
    return title if len(title) <= _WIDE else f"…{title[1 - _WIDE :]}"
