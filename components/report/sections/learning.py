"""How training went: losses and metrics by epoch, from the Trainer's `history.json`."""

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from components.report.document import Figure, Part, Section, Table, Words
from components.report.figures.canvas import BLUE, ORANGE, Canvas

Epochs = dict[str, list[float]]
"""Values by name, one for each epoch; of the validation, names begin with `val_`."""

_DRAWN = {"loss": "loss", "logits_accuracy": "accuracy of digits", "box_iou": "mean IoU of boxes"}
_VALIDATION = "val_"
_ROWS = 40


def learning(history: dict[str, Any]) -> Section:
    """The curves, and everything else that was noted by epoch as a table."""
    epochs: Epochs = history["epochs"]
    parts: list[Part] = [
        Words(_how(history)),
        *(_curve(epochs, name, title) for name, title in _DRAWN.items() if name in epochs),
        _table(epochs),
    ]
    return Section("learning", "Learning curves", parts)


def _how(history: dict[str, Any]) -> str:
    tuned = ", ".join(f"{name} {value:.3g}" for name, value in history["hyperparameters"].items())
    found = f" The tuner found {tuned}." if tuned else ""
    where = f" Strategy: {history['strategy']}."
    return f"{history['parameters']:,} parameters, trained in {history['precision']}.{where}{found}"


def _curve(epochs: Epochs, name: str, title: str) -> Figure:
    train, validation = epochs[name], epochs.get(_VALIDATION + name)
    steps = np.arange(1, len(train) + 1)
    marker = "o" if len(train) <= _ROWS else ""
    with Canvas(f"learning-{name}", 4.3, 2.8) as canvas:
        (axes,) = canvas.axes()
        axes.plot(steps, train, color=BLUE, marker=marker, label="training")
        if validation:
            axes.plot(
                steps, validation, color=ORANGE, linestyle="--", marker=marker and "s",
                label="validation",
            )  # fmt: skip
        axes.set(xlabel="epoch", ylabel=title)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(train) == 1:
            axes.set(xlim=(0.5, 1.5), xticks=[1])
        axes.legend()
        whose = "validation" if validation else "training"
        return canvas.finish(_conclude(name, f"{whose} {title}", validation or train))


def _conclude(name: str, title: str, values: list[float]) -> str:
    low_is_good = name == "loss"
    best = int(np.argmin(values) if low_is_good else np.argmax(values))
    ended = f"The {title} ended at {values[-1]:.4f}"
    if len(values) == 1:
        return f"{ended} after the only epoch: too few to see a trend."
    if values[best] == values[-1]:
        return f"{ended}, its best: more epochs may still help."
    return f"{ended}; it was best, {values[best]:.4f}, after epoch {best + 1} of {len(values)}."


def _table(epochs: Epochs) -> Table:
    names = sorted(name for name in epochs if epochs[name])
    count = max(len(epochs[name]) for name in names)
    shown = sorted({round(i) for i in np.linspace(0, count - 1, min(count, _ROWS))})
    head = ("", *(str(epoch + 1) for epoch in shown))
    rows = [(name, *(_cell(epochs[name], epoch) for epoch in shown)) for name in names]
    return Table(head, rows, folded="Everything that was noted, by epoch")


def _cell(values: list[float], epoch: int) -> str:
    return f"{values[epoch]:.4g}" if epoch < len(values) else ""
