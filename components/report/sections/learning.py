"""How training went: losses and metrics by step and epoch, from the Trainer's `history.json`."""

from typing import Any, Final

import numpy as np

from components.report.document import Figure, Part, Section, Table, Words
from components.report.figures import learning_curve
from components.report.figures.learning_curve import Curve, smooth

Columns = dict[str, list[float]]
"""Values by name, one for each epoch or point; of the split watched, names begin with `val_`."""

_DRAWN: Final = {
    "loss": "loss",
    "logits_accuracy": "accuracy of digits",
    "box_iou": "mean IoU of boxes",
}
_WATCHED: Final = "val_"
_ROWS: Final = 40
_JUDGES: Final = "eval"
"""The split that judges the model in the end."""
_TREND: Final = 3
"""Epochs that it takes to say which was the best."""


def learning(history: dict[str, Any]) -> Section:
    """The curves, and everything else that was noted by epoch as a table."""
    parts: list[Part] = [
        Words(_how(history)),
        Words(_what_is_compared(history)),
        *(_curve(history, name) for name in _DRAWN if name in history["steps"]),
        _table(history["epochs"]),
    ]
    return Section("learning", "Learning curves", parts)


def _how(history: dict[str, Any]) -> str:
    tuned = ", ".join(f"{name} {value:.3g}" for name, value in history["hyperparameters"].items())
    found = f" The tuner found {tuned}." if tuned else ""
    where = f" Strategy: {history['strategy']}."
    return f"{history['parameters']:,} parameters, trained in {history['precision']}.{where}{found}"


def _what_is_compared(history: dict[str, Any]) -> str:
    split, steps = history["watched"], history["steps"]["step"]
    every = int(max(np.diff([0, *steps])))
    means = f"means over {every} steps" if every > 1 else "those of each step"
    said = (
        f"Training values are {means} (thin) and their running mean (thick), taken while the "
        f"weights change, with augmentation and dropout; {split} values are of the {split} split, "
        f"after each epoch."
    )
    if split != _JUDGES:
        return said
    return (
        f"{said} The {split} split also judges the model in the end, so do not choose epochs or "
        f"options by these curves: set splits.validation, and they are of a split that does not "
        f"judge."
    )


def _curve(history: dict[str, Any], name: str) -> Figure:
    epochs, steps = history["epochs"], history["steps"]
    per_epoch, split = history["steps_per_epoch"], history["watched"]
    values = epochs.get(_WATCHED + name, [])
    return learning_curve.draw(
        name,
        _DRAWN[name],
        training=Curve(steps["step"], steps[name]),
        watched=Curve([per_epoch * (epoch + 1) for epoch in range(len(values))], values),
        split=split,
        steps_per_epoch=per_epoch,
        caption=_conclude(_DRAWN[name], split, training=steps[name], watched=values),
    )


def _conclude(title: str, split: str, *, training: list[float], watched: list[float]) -> str:
    ended = f"The {title} ended at {smooth(training)[-1]:.4f} in training"
    if not watched:
        return f"{ended}."
    ended = f"{ended} and at {watched[-1]:.4f} on the {split} split"
    if len(watched) == 1:
        return f"{ended}, after one epoch."
    changed = (
        f"{ended}. Between the last two of {len(watched)} epochs the {split} value changed by "
        f"{watched[-1] - watched[-2]:+.4f}."
    )
    if split == _JUDGES or len(watched) < _TREND:
        return changed
    best = int(np.argmin(watched) if title == _DRAWN["loss"] else np.argmax(watched))
    return f"{changed} Epoch {best + 1} was the best, at {watched[best]:.4f}."


def _table(epochs: Columns) -> Table:
    names = sorted(name for name in epochs if epochs[name])
    count = max(len(epochs[name]) for name in names)
    shown = sorted({round(i) for i in np.linspace(0, count - 1, min(count, _ROWS))})
    head = ("", *(str(epoch + 1) for epoch in shown))
    rows = [(name, *(_cell(epochs[name], epoch) for epoch in shown)) for name in names]
    return Table(head, rows, folded="Everything that was noted, by epoch")


def _cell(values: list[float], epoch: int) -> str:
    return f"{values[epoch]:.4g}" if epoch < len(values) else ""
