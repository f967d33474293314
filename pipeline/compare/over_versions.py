"""The figure of a metric over the models that are compared, in their order."""

import math

from components.report.figure import BLUE, Drawing
from evaluation.estimate import Estimate
from pipeline.compare.compare import Comparison
from vocabulary.document import Figure
from vocabulary.task.judging import Metric

_NARROW, _EACH = 4, 0.9
"""Models that fit beside another figure; of more, each has so many inches."""


def draw_versions(comparison: Comparison, metric: Metric) -> Figure:
    """The value of each model with its interval; models stand in the order of the comparison."""
    titles = list(comparison.titles.values())
    values = [comparison.whole.metrics[name][metric.name] for name in comparison.titles]
    wide = len(values) > _NARROW
    width = 4.3 if not wide else 1.0 + _EACH * len(values)
    with Drawing(f"versions-{metric.name}", width, 3.2) as drawing:
        (axes,) = drawing.axes()
        for place, one in enumerate(values):
            if one.lower is not None and one.upper is not None:
                axes.plot([place, place], [one.lower, one.upper], color=BLUE, alpha=0.55, lw=2.4)
            if math.isfinite(one.value):
                axes.annotate(
                    f"{one.value:.4f}", (place, one.value), (7, 0), textcoords="offset points",
                    va="center", fontsize=8.5,
                )  # fmt: skip
        axes.plot(range(len(values)), [one.value for one in values], color=BLUE, marker="o", lw=1.2)
        broken = [title.replace(" (", "\n(").replace(" of ", "\nof ") for title in titles]
        axes.set_xticks(range(len(values)), broken, fontsize=8)
        axes.set(ylabel=metric.title, xlim=(-0.4, len(values) - 0.3))
        axes.grid(visible=False, axis="x")
        return drawing.finish(
            f"{metric.title[:1].upper()}{metric.title[1:]} of each model on the same "
            f"{comparison.pictures:,} pictures, with 95% confidence intervals"
            f"{_best(dict(zip(titles, values, strict=True)), metric)}. Intervals of two models may "
            "overlap although the difference between them is more than chance: that is judged "
            "picture by picture below.",
            wide=wide,
        )


def _best(values: dict[str, Estimate], metric: Metric) -> str:
    """Which model has the best value, of those that have any."""
    measured = {title: one.value for title, one in values.items() if math.isfinite(one.value)}
    if not measured:
        return ""
    best = (max if metric.better == "higher" else min)(measured, key=lambda title: measured[title])
    return f"; the best value is that of {best}"
