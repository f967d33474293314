"""How training went: losses and metrics by step and epoch, from the Trainer's `history.json`."""

from typing import Any, Final, Literal, NamedTuple

import numpy as np

from components.report import learning_curve
from components.report.learning_curve import smooth
from vocabulary.document import Figure, Part, Pictures, Section, Table, Words
from vocabulary.splits import EVAL

Columns = dict[str, list[float]]
"""Values by name, one for each epoch or point; of the split watched, names begin with `val_`."""

_WATCHED: Final = "val_"
_COLUMNS: Final = 40
_TREND: Final = 3
"""Epochs that it takes to name the best one."""


class Curve(NamedTuple):
    """A value of training to draw; where higher is better, it is a share in [0, 1]."""

    name: str
    title: str
    better: Literal["higher", "lower"]


def learning(history: dict[str, Any], *pictures: Pictures) -> Section:
    """The curves of the loss and of the metrics watched, and every value by epoch as a table.

    Pictures that were trained on come after the curves.
    """
    curves = [Curve(**curve) for curve in history["metrics"]]
    parts: list[Part] = [
        Words(_how(history)),
        Words(_what_is_compared(history)),
        *(_figure(history, curve) for curve in curves if curve.name in history["steps"]),
        *pictures,
        _table(history["epochs"]),
    ]
    return Section("learning", "Learning curves", parts)


def _how(history: dict[str, Any]) -> str:
    tuned = ", ".join(f"{name} {value:.3g}" for name, value in history["hyperparameters"].items())
    chosen = f" The tuner chose {tuned}." if tuned else ""
    strategy = f" Strategy: {history['strategy']}."
    parameters = f"{history['parameters']:,} parameters"
    return f"{parameters}, trained in {history['precision']}.{strategy}{chosen}"


def _what_is_compared(history: dict[str, Any]) -> str:
    split, steps = history["watched"], history["steps"]["step"]
    every = int(max(np.diff([0, *steps])))
    means = f"the means over {every} steps" if every > 1 else "the values of each step"
    compared = (
        f"Training: {means} (thin) and their running mean (thick), measured while the weights "
        f"change, with augmentation and dropout. {split.capitalize()}: the whole {split} split, "
        "measured after each epoch."
    )
    if split != EVAL:
        return compared
    return (
        f"{compared} The {split} split also judges the model in the end, so do not choose epochs "
        "or options by these curves; set splits.validation to get curves of a split that does not "
        "judge."
    )


def _figure(history: dict[str, Any], curve: Curve) -> Figure:
    epochs, steps = history["epochs"], history["steps"]
    per_epoch, split = history["steps_per_epoch"], history["watched"]
    values = epochs.get(_WATCHED + curve.name, [])
    return learning_curve.draw(
        curve.name,
        curve.title,
        training=learning_curve.Points(steps["step"], steps[curve.name]),
        watched=learning_curve.Points([per_epoch * (i + 1) for i in range(len(values))], values),
        split=split,
        steps_per_epoch=per_epoch,
        is_share=curve.better == "higher",
        caption=_conclude(curve, split, training=steps[curve.name], watched=values),
    )


def _conclude(curve: Curve, split: str, *, training: list[float], watched: list[float]) -> str:
    ended = f"The {curve.title} ended at {smooth(training)[-1]:.4f} in training"
    if not watched:
        return f"{ended}."
    ended = f"{ended} and at {watched[-1]:.4f} on the {split} split"
    if len(watched) == 1:
        return f"{ended}, after one epoch."
    changed = (
        f"{ended}. Between the last two of {len(watched)} epochs the {split} value changed by "
        f"{watched[-1] - watched[-2]:+.4f}."
    )
    if split == EVAL or len(watched) < _TREND:
        return changed
    best = int(np.argmin(watched) if curve.better == "lower" else np.argmax(watched))
    return f"{changed} Epoch {best + 1} was the best, at {watched[best]:.4f}."


def _table(epochs: Columns) -> Table:
    names = sorted(name for name in epochs if epochs[name])
    count = max(len(epochs[name]) for name in names)
    columns = sorted({round(i) for i in np.linspace(0, count - 1, min(count, _COLUMNS))})
    head = ("epoch", *(str(epoch + 1) for epoch in columns))
    cells = {name: dict(enumerate(f"{value:.4g}" for value in epochs[name])) for name in names}
    rows = [(name, *(cells[name].get(epoch, "") for epoch in columns)) for name in names]
    return Table(head, rows, folded="All values by epoch")
