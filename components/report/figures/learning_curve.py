"""A loss or a metric against the steps of training: of training, and of the split watched."""

from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import NDArray

from components.report.document import Figure
from components.report.figures.canvas import BLUE, FAINT, ORANGE, Canvas

_MARKED: Final = 40
"""More epochs are a line without markers."""
_TICKS: Final = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
_SMOOTHED: Final = 25
"""The part of the points on either side that the thick line is the mean of: one in so many."""
_TOP: Final = 0.008
"""How far from 1 the stretched axis ends, on which 1 itself would be infinitely far."""


class Curve(NamedTuple):
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
    training: Curve,
    watched: Curve,
    split: str,
    steps_per_epoch: int,
    caption: str,
) -> Figure:
    """Draws both curves; losses on a logarithmic axis, shares on one that is stretched towards 1.

    The thin line has the points of training, the thick one runs through their middle.

    Args:
        name: keeps the figure's ids apart from those of others; `loss` is drawn as a loss.
        title: what is measured, as the axis names it.
        training: means over the steps since the point before.
        watched: of the whole split, at the end of epochs; may be empty.
        split: the name of the split watched.
        steps_per_epoch: for the upper axis.
        caption: what stands below.
    """
    with Canvas(f"learning-{name}", 4.3, 3.0) as canvas:
        (axes,) = canvas.axes()
        axes.plot(*training, color=BLUE, linewidth=0.8, alpha=0.4)
        axes.plot(training.steps, smooth(training.values), color=BLUE, label="training")
        if watched.values:
            few = len(watched.values) <= _MARKED
            axes.plot(
                *watched, color=ORANGE, linestyle="--", marker="s" if few else "", markersize=5,
                clip_on=False, zorder=3, label=f"{split}, after each epoch",
            )  # fmt: skip
        drawn = np.array(training.values + watched.values, np.float64)
        _scale(axes, drawn[np.isfinite(drawn)], is_loss=name == "loss")
        _name_steps(axes, last=max(training.steps + watched.steps), steps_per_epoch=steps_per_epoch)
        axes.set(ylabel=title)
        axes.legend()
        return canvas.finish(caption)


def _scale(axes: Axes, drawn: NDArray[np.float64], *, is_loss: bool) -> None:
    if is_loss:
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
    return FixedLocator([digit * 10.0**power for power in powers for digit in (1, 2, 5)])


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
