"""Where the model is good and where it is not: every metric on every slice, with intervals."""

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes

from components.report.document import Figure, Part, Section, Table, Words
from components.report.figures.canvas import BLUE, FAINT, ORANGE, Canvas
from evaluation import clusters
from evaluation.results import Estimate, SliceMetrics
from vocabulary.task.judging import metrics_of

_BARS = {"accuracy": ("accuracy", BLUE, "o"), "mean_iou": ("mean IoU", ORANGE, "s")}
_DRAWN = 24


def slices(found: list[SliceMetrics], *, minimum: int) -> Section:
    """A figure for each way of slicing, and a table of all.

    Slices of fewer than `minimum` pictures are in the table alone, for what they say may be chance,
    and so is one that has no other to stand beside.
    """
    whole = next(one for one in found if not one.key)
    groups: dict[tuple[str, ...], list[SliceMetrics]] = {}
    for one in found:
        if one.key and one.count >= minimum:
            groups.setdefault(tuple(name for name, _ in one.key), []).append(one)
    parts: list[Part] = [Words(_conclude(whole, found, minimum))]
    drawn = {names: group for names, group in groups.items() if len(group) > 1}
    parts += [_figure(names, group, whole) for names, group in drawn.items()]
    return Section("slices", "By slice", [*parts, _table(found)])


def name_slice(one: SliceMetrics) -> str:
    """As people say it: `digit 4, place top-left`."""
    return ", ".join(f"{name} {value}" for name, value in one.key) or "the whole"


def weakest(found: Iterable[SliceMetrics], metric: str, *, minimum: int) -> SliceMetrics | None:
    """The slice with the lowest value of a metric among those of at least `minimum` pictures."""
    judged = [one for one in found if one.key and one.count >= minimum and metric in one.metrics]
    return min(judged, key=lambda one: one.metrics[metric].value, default=None)


def as_text(estimate: Estimate) -> str:
    """`0.9795 [0.973, 0.986]`; no brackets where there is no interval."""
    if estimate.lower is None or estimate.upper is None:
        return f"{estimate.value:.4f}"
    return f"{estimate.value:.4f} [{estimate.lower:.3f}, {estimate.upper:.3f}]"


def _figure(names: tuple[str, ...], group: list[SliceMetrics], whole: SliceMetrics) -> Figure:
    shown = sorted(group, key=lambda one: one.metrics["accuracy"].value)[:_DRAWN]
    if len(group) <= _DRAWN:
        shown = group
    title = " and ".join(names)
    with Canvas("slices-" + title, 4.3, 1.0 + 0.27 * len(shown)) as canvas:
        (axes,) = canvas.axes()
        for shift, (metric, (label, colour, marker)) in zip(
            (-0.14, 0.14), _BARS.items(), strict=True
        ):
            axes.axvline(whole.metrics[metric].value, color=colour, linestyle=":", linewidth=1.2)
            for row, one in enumerate(shown):
                _bar(
                    axes, one.metrics[metric], row + shift, colour, marker, label if not row else ""
                )
        axes.set_yticks(range(len(shown)), [f"{_values(one)} ({one.count:,})" for one in shown])
        axes.set(xlabel="accuracy, mean IoU", ylabel=title)
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        canvas.figure.legend(loc="outside upper right", ncols=2)
        kept = (
            f"the {_DRAWN} of {len(group)} with the lowest accuracy; " if shown is not group else ""
        )
        worst = weakest(group, "accuracy", minimum=1)
        assert worst is not None
        spread = np.ptp([one.metrics["accuracy"].value for one in group])
        return canvas.finish(
            f"By {title}, {kept}pictures in brackets, dotted lines are the whole. Accuracy is "
            f"lowest for {_values(worst)}, {as_text(worst.metrics['accuracy'])}, "
            f"and spans {spread:.3f}."
        )


def _bar(axes: Axes, estimate: Estimate, y: float, colour: str, marker: str, label: str) -> None:
    if estimate.lower is not None and estimate.upper is not None:
        axes.plot([estimate.lower, estimate.upper], [y, y], color=colour, linewidth=2.4, alpha=0.55)
    axes.plot(
        [estimate.value], [y], color=colour, marker=marker, markersize=5, linestyle="",
        label=label or "_", markeredgecolor=FAINT, markeredgewidth=0.3,
    )  # fmt: skip


def _values(one: SliceMetrics) -> str:
    return ", ".join(value for _, value in one.key)


def _table(found: list[SliceMetrics]) -> Table:
    names = list(found[0].metrics)
    head = ("slice", "pictures", *(metrics_of("localization")[name].title for name in names))
    rows = [
        (
            name_slice(one),
            f"{one.count:,}",
            *(as_text(one.metrics[name]) if name in one.metrics else "" for name in names),
        )
        for one in found
    ]
    return Table(head, rows, folded=f"All metrics on all {len(found)} slices")


def _conclude(whole: SliceMetrics, found: list[SliceMetrics], minimum: int) -> str:
    worst = weakest(found, "accuracy", minimum=minimum)
    said = (
        f"{name_slice(worst).capitalize()} is read worst: "
        f"{as_text(worst.metrics['accuracy'])} of {worst.count:,} pictures, against "
        f"{as_text(whole.metrics['accuracy'])} of the whole."
        if worst
        else "Nothing was sliced."
        if len(found) == 1
        else f"No slice has the {minimum} pictures that it takes to be drawn."
    )
    small = sum(one.count < minimum for one in found if one.key)
    left = (
        f" Slices of fewer than {minimum} pictures are in the table alone: {small:,}."
        if small
        else ""
    )
    claim = clusters.claim(whole.count, whole.sources, whole.forms)
    return f"{said}{left} Lines and brackets are 95% confidence intervals. {claim}".strip()
