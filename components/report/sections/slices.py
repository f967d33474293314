"""Where the model is good and where it is not: every metric on every slice, with intervals."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from components.report.forest import Series, draw_panels
from evaluation.estimate import Estimate
from evaluation.results import SliceResult
from evaluation.wording import ranged
from vocabulary.document import Figure, Part, Section, Table, Words
from vocabulary.task.judging import Metric, always_shown

_DRAWN = 24
Ends = tuple[float, float]


def slices(results: list[SliceResult], metrics: Mapping[str, Metric], *, minimum: int) -> Section:
    """A figure of the main metrics for each way of slicing, and a table of all metrics.

    Slices of fewer than `minimum` pictures are in the table alone, for their values may be chance,
    and so is a slice that is the only one of its kind.
    """
    whole, main = whole_of(results), always_shown(metrics)
    groups: dict[tuple[str, ...], list[SliceResult]] = {}
    for one in results:
        if one.key and one.count >= minimum and _is_measured(one, main[0]):
            groups.setdefault(tuple(name for name, _ in one.key), []).append(one)
    parts: list[Part] = [Words(_conclude(results, main[0], minimum))]
    drawn = {names: group for names, group in groups.items() if len(group) > 1}
    limits = _limits([whole, *(one for group in drawn.values() for one in group)], main)
    parts += [_figure(names, group, whole, main, limits) for names, group in drawn.items()]
    return Section("slices", "By slice", [*parts, _table(results, metrics)])


def whole_of(results: Iterable[SliceResult]) -> SliceResult:
    """The one that is no slice but all pictures."""
    return next(one for one in results if not one.key)


def name_slice(one: SliceResult) -> str:
    """As people say it: `size small, place top-left`."""
    return ", ".join(f"{name} {value}" for name, value in one.key) or "all pictures"


def weakest(results: Iterable[SliceResult], metric: Metric, *, minimum: int) -> SliceResult | None:
    """The slice with the worst value of a metric among those of at least `minimum` pictures."""
    name, sign = metric.name, 1 if metric.better == "higher" else -1
    judged = [
        one for one in results if one.key and one.count >= minimum and _is_measured(one, metric)
    ]
    return min(judged, key=lambda one: sign * one.candidate[name].value, default=None)


def _is_measured(one: SliceResult, metric: Metric) -> bool:
    return metric.name in one.candidate and math.isfinite(one.candidate[metric.name].value)


def lowest(metric: Metric) -> str:
    """`Accuracy is lowest`, which is the worst; `highest` where lower is better."""
    title = metric.title[:1].upper() + metric.title[1:]
    return f"{title} is {'lowest' if metric.better == 'higher' else 'highest'}"


def _figure(
    names: tuple[str, ...],
    group: list[SliceResult],
    whole: SliceResult,
    metrics: Sequence[Metric],
    limits: Sequence[Ends],
) -> Figure:
    rows = group if len(group) <= _DRAWN else _worst_first(group, metrics[0])[:_DRAWN]
    title = " and ".join(names)
    left_out = f" Only the worst {_DRAWN} of {len(group)} are drawn." if rows != group else ""
    return draw_panels(
        f"slices-{title}",
        [f"{_values(one)} ({one.count:,})" for one in rows],
        [
            Series(
                metric.title,
                [one.candidate[metric.name] for one in rows],
                reference=whole.candidate[metric.name].value,
            )
            for metric in metrics
        ],
        caption=f"{_caption(title, group, metrics[0])}{left_out}",
        limits=limits,
    )


def _limits(results: Sequence[SliceResult], metrics: Sequence[Metric]) -> list[Ends]:
    """The ends of the axis of each metric, which are the same in every figure."""
    ends = []
    for metric in metrics:
        drawn = [one.candidate[metric.name] for one in results if _is_measured(one, metric)]
        drawn = drawn or [Estimate(0.0), Estimate(1.0)]
        low = min(one.value if one.lower is None else one.lower for one in drawn)
        high = max(one.value if one.upper is None else one.upper for one in drawn)
        margin = 0.04 * (high - low) or 0.01
        ends.append((low - margin, high + margin))
    return ends


def _caption(title: str, group: list[SliceResult], metric: Metric) -> str:
    values = [one.candidate[metric.name].value for one in group]
    worst = _worst_first(group, metric)[0]
    return (
        f"By {title}; pictures in brackets, dotted lines are the values on all pictures. "
        f"{lowest(metric)} for {_values(worst)}, "
        f"{ranged(worst.candidate[metric.name])}; the values differ by up to {np.ptp(values):.3f}."
    )


def _worst_first(group: list[SliceResult], metric: Metric) -> list[SliceResult]:
    return sorted(
        group, key=lambda one: one.candidate[metric.name].value, reverse=metric.better == "lower"
    )


def _values(one: SliceResult) -> str:
    return ", ".join(value for _, value in one.key)


def _table(results: list[SliceResult], metrics: Mapping[str, Metric]) -> Table:
    measured = [metric for metric in metrics.values() if metric.name in whole_of(results).candidate]
    head = ("slice", "pictures", *(metric.title for metric in measured))
    rows = [
        (
            name_slice(one),
            f"{one.count:,}",
            *(ranged(one.candidate[m.name]) if m.name in one.candidate else "" for m in measured),
        )
        for one in results
    ]
    return Table(head, rows, folded=f"All metrics on all {len(results)} slices")


def _conclude(results: list[SliceResult], metric: Metric, minimum: int) -> str:
    whole = whole_of(results)
    small = sum(one.count < minimum for one in results if one.key)
    sentences = (
        _weakest(results, metric, minimum),
        f"Slices of fewer than {minimum} pictures are in the table alone: {small:,}."
        if small
        else "",
        "Lines and brackets are 95% confidence intervals; a metric has one scale in all figures.",
        whole.claim,
    )
    return " ".join(filter(None, sentences))


def _weakest(results: list[SliceResult], metric: Metric, minimum: int) -> str:
    if len(results) == 1:
        return "The config names no slices."
    worst = weakest(results, metric, minimum=minimum)
    if worst is None:
        return f"No slice has the {minimum} pictures that it takes to be drawn."
    return (
        f"{lowest(metric)} on {name_slice(worst)}: "
        f"{ranged(worst.candidate[metric.name])} on {worst.count:,} pictures, against "
        f"{ranged(whole_of(results).candidate[metric.name])} on all."
    )
