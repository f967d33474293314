"""The figure of a loss or a metric over the steps of training."""

from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import NDArray

from components.report.figure import BLUE, FAINT, ORANGE, Drawing
from vocabulary.document import Figure

_MARKED: Final = 40
"""More epochs are a line without markers."""
_TICKS: Final = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
_SMOOTHED: Final = 25
"""The part of the points on either side that the thick line is the mean of: one in so many."""
_TOP: Final = 0.008
"""How far from 1 the stretched axis ends, on which 1 itself would be infinitely far."""


class Points(NamedTuple):
    """Values by the step after which they were measured."""

    steps: list[float]
    values: list[float]


def smooth(values: list[float]) -> NDArray[np.float64]:
    """Means of neighbouring points, as many values as there are; of fewer towards both ends."""
    width = 2 * (len(values) // (2 * _SMOOTHED)) + 1
    window = np.ones(width)
    counts = np.convolve(np.ones(len(values)), window, "same")
    return np.asarray(np.convolve(values, window, "same") / counts, np.float64)


def draw(
    name: str,
    title: str,
    *,
    training: Points,
    watched: Points,
    split: str,
    steps_per_epoch: int,
    is_share: bool,
    caption: str,
) -> Figure:
    """Draws the curve of training and that of the split that is watched.

    The thin line has the points of training, means over the steps since the point before; the
    thick one is their running mean. There may be no points of the split. Shares, in [0, 1] and best
    at 1, are drawn on an axis that is stretched towards 1; others, such as losses, on a logarithmic
    one. `name` keeps the figure's ids apart from those of others.
    """
    with Drawing(f"learning-{name}", 4.3, 3.0) as drawing:
        (axes,) = drawing.axes()
        axes.plot(*training, color=BLUE, linewidth=0.8, alpha=0.4)
        axes.plot(training.steps, smooth(training.values), color=BLUE, label="training")
        if watched.values:
            few = len(watched.values) <= _MARKED
            axes.plot(
                *watched, color=ORANGE, linestyle="--", marker="s" if few else "", markersize=5,
                clip_on=False, zorder=3, label=f"{split}, after each epoch",
            )  # fmt: skip
        drawn = np.array(training.values + watched.values, np.float64)
        _scale(axes, drawn[np.isfinite(drawn)], is_share=is_share)
        _name_steps(axes, last=max(training.steps + watched.steps), steps_per_epoch=steps_per_epoch)
        axes.set(ylabel=title)
        axes.legend()
        return drawing.finish(caption)


def _scale(axes: Axes, drawn: NDArray[np.float64], *, is_share: bool) -> None:
    if not is_share:
        if drawn.size and drawn.min() > 0:
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.yaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_locator(_one_two_five(drawn))
        return
    axes.set_yscale("function", functions=(_stretch, _unstretch))
    axes.yaxis.set_major_locator(FixedLocator(_TICKS))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    low = max(0.0, drawn.min() - 0.02) if drawn.size else 0.0
    axes.set_ylim(low, 1.0)


def _one_two_five(drawn: NDArray[np.float64]) -> FixedLocator:
    """Ticks at 1, 2 and 5 times powers of 10: there are few powers of 10 in a loss."""
    powers = range(int(np.floor(np.log10(drawn.min()))), int(np.ceil(np.log10(drawn.max()))) + 1)
    return FixedLocator([tick * 10.0**power for power in powers for tick in (1, 2, 5)])


def _stretch(share: Any) -> NDArray[np.float64]:
    return -np.log(1.0 + _TOP - np.clip(share, 0.0, 1.0))


def _unstretch(place: Any) -> NDArray[np.float64]:
    return 1.0 + _TOP - np.exp(-np.asarray(place, np.float64))


def _name_steps(axes: Axes, *, last: float, steps_per_epoch: int) -> None:
    axes.set(xlabel="step", xlim=(0, last * 1.02))
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    epochs = axes.secondary_xaxis(
        "top",
        functions=(
            lambda steps: np.asarray(steps) / steps_per_epoch,
            lambda epochs: np.asarray(epochs) * steps_per_epoch,
        ),
    )
    epochs.set_xlabel("epoch")
    epochs.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    epochs.spines["top"].set_color(FAINT)
