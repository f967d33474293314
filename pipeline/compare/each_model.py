"""How each of the models was trained, and what its task shows of it, side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from components.report.figure import BLUE, GREEN, INK, ORANGE, Drawing
from components.report.learning_curve import smooth
from evaluation.pictures import Pictures
from pipeline.compare.compare import Comparison
from pipeline.compare.models import Model
from vocabulary.document import Figure, Part, Section
from vocabulary.task.find import task_part
from vocabulary.task.report import Evaluated, TaskReport

_STYLES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (INK, ":"))


def section(comparison: Comparison, rows: Pictures) -> Section:
    """The learning curves in one figure for each metric, then the task's figures of each model."""
    parts: list[Part] = [*_curves(comparison.models)]
    report: TaskReport = task_part(comparison.task, "report")
    draw: Callable[..., list[Figure]] = getattr(report, "figures", lambda evaluated, name: [])
    of_models = []
    for name, title in comparison.titles.items():
        evaluated = Evaluated(
            rows.ids, rows.truth, rows.predictions[name], lambda ids: {}, comparison.classes
        )
        head = f"{title[:1].upper()}{title[1:]}"
        figures = draw(evaluated, name)
        of_models.append([replace(one, caption=f"{head}. {one.caption}") for one in figures])
    parts += [figure for of_kind in zip(*of_models, strict=True) for figure in of_kind]
    return Section("models", "Each model", parts)


def _curves(models: Sequence[Model]) -> Iterator[Figure]:
    """A figure for each metric that was watched in all trainings that are known."""
    histories = {m.title: m.origin.history for m in models if m.origin and m.origin.history}
    if len(histories) < 2:
        return
    watched = [
        {curve["name"]: curve["title"] for curve in of["metrics"]} for of in histories.values()
    ]
    for name, title in watched[0].items():
        if all(name in of["steps"] for of in histories.values()):
            yield _draw(name, title, histories)


def _draw(name: str, title: str, histories: dict[str, dict[str, Any]]) -> Figure:
    with Drawing(f"curves-{name}", 4.8, 3.4) as drawing:
        (axes,) = drawing.axes()
        for index, (model, history) in enumerate(histories.items()):
            colour, line = _STYLES[index % len(_STYLES)]
            steps = history["steps"]
            axes.plot(
                steps["step"], smooth(steps[name]), color=colour, linestyle=line, label=f" {model}"
            )
            values = history["epochs"].get(f"val_{name}", [])
            ends = history["steps_per_epoch"] * np.arange(1, len(values) + 1)
            axes.plot(ends, values, color=colour, marker="s", linestyle="", markersize=5)
        axes.set(xlabel="step", ylabel=title)
        drawing.figure.legend(loc="outside upper center", ncols=1)
        return drawing.finish(
            f"The {title} in the training of each model: running means of the steps (lines), and "
            "the value on the split that was watched after each epoch (squares)."
        )
