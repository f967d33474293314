"""A comparison as a page that stands alone, made of the same parts as a run's report."""

from collections.abc import Sequence

import numpy as np

from components.report.document import Figure, Part, Picture, Pictures, Section, Table, Words
from components.report.figures.canvas import BLUE, FAINT, GREEN, INK, ORANGE, Canvas
from components.report.page import render_page
from evaluation.results import Estimate, SliceResult
from pipeline.compare.compare import Answer, Comparison
from pipeline.compare.table import NONE_JUDGED, conclusions, overall, ranged, short, signed
from vocabulary import boxes
from vocabulary.task.judging import Metric, always_shown, metrics_of

_STYLES = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), (INK, "D"))
_DRAWN = 16
_EDGES = ("xmin", "ymin", "xmax", "ymax")
_SHOWN = 6
_NARROW, _WIDE = 24, 48
"""Letters that fit half of a figure, and the whole of it."""


def as_page(comparison: Comparison, answers: list[Answer]) -> str:
    """HTML that needs nothing but itself."""
    names = [model.name for model in comparison.models]
    sections = [_whole(comparison, names), _slices(comparison, names), _seen(comparison, answers)]
    return render_page(f"digits compare: {', '.join(names[:-1])} and {names[-1]}", sections)


def _whole(comparison: Comparison, names: list[str]) -> Section:
    first, *others = names
    rows = {
        metric.title: [comparison.whole.differences[other][metric.name] for other in others]
        for metric in metrics_of(comparison.task).values()
        if not metric.unit
    }
    pictures = f"{comparison.pictures:,} pictures"
    caption = (
        f"On the same {pictures}; brackets hold 95% intervals. A difference is from {first}, "
        "paired picture by picture, and more than chance where both of its ends have one sign. The "
        "latency is the median for one picture alone, on the machine that compared."
    )
    parts: list[Part] = [
        *(Words(said) for said in (*conclusions(comparison), comparison.claim) if said),
        Table(("", *names), overall(comparison), caption),
        _forest(
            "whole", others, rows, "difference (shares, IoU, mAP)",
            f"Differences from {first} on all {pictures}, with 95% intervals; right of 0 the value "
            f"is higher than its, which is worse for the calibration error alone. "
            f"{_surely(rows, others, 'metrics')}",
        ),
    ]  # fmt: skip
    return Section("whole", "On all pictures", parts)


def _slices(comparison: Comparison, names: list[str]) -> Section:
    first, *others = names
    if not comparison.slices:
        return Section("slices", "By slice", [Words("All pictures fall into the same slices.")])
    drawn = comparison.judged_slices()[:_DRAWN]
    titles = [f"{short(row)} ({row.count:,})" for row in drawn]
    figures: list[Part] = [] if drawn else [Words(NONE_JUDGED)]
    for metric in always_shown(comparison.task) if drawn else ():
        rows = dict(zip(titles, _changes(drawn, others, metric.name), strict=True))
        caption = (
            f"Differences in {metric.title} from {first} on the {len(drawn)} slices that changed "
            f"most, with 95% intervals; pictures in brackets. {_surely(rows, others, 'slices')} "
            "With this many slices, a few intervals miss 0 by chance."
        )
        figures.append(_forest(metric.name, others, rows, f"difference in {metric.title}", caption))
    head = ["slice", "pictures"]
    metrics = always_shown(comparison.task)
    for metric in metrics:
        head += [f"{metric.title}, {name}" for name in names]
        head += [f"{metric.title}, {name} - {first}" for name in others]
    table = Table(
        tuple(head), [_cells(row, names, metrics) for row in comparison.slices],
        "What changed most comes first; slices of few pictures come last: there it may be chance.",
        folded=f"All {len(comparison.slices)} slices side by side",
    )  # fmt: skip
    return Section("slices", "By slice", [*figures, table])


def _changes(rows: list[SliceResult], others: list[str], metric: str) -> list[list[Estimate]]:
    return [[row.differences[other][metric] for other in others] for row in rows]


def _cells(row: SliceResult, names: list[str], metrics: Sequence[Metric]) -> tuple[str, ...]:
    cells = [row.slice, f"{row.count:,}"]
    for metric in metrics:
        cells += [ranged(row.metrics[name][metric.name]) for name in names]
        cells += [signed(row.differences[name][metric.name]) for name in names[1:]]
    return tuple(cells)


def _surely(rows: dict[str, list[Estimate]], others: Sequence[str], what: str) -> str:
    """On how many rows each of the others is above and below 0 with its whole interval."""
    said = []
    for index, other in enumerate(others):
        ends = [(values[index].lower, values[index].upper) for values in rows.values()]
        higher = sum(low is not None and low > 0 for low, _ in ends)
        lower = sum(high is not None and high < 0 for _, high in ends)
        said.append(
            f"Surely higher with {other} on {higher} of {len(ends)} {what}, lower on {lower}."
        )
    return " ".join(said)


def _forest(
    name: str, others: Sequence[str], rows: dict[str, list[Estimate]], unit: str, caption: str
) -> Figure:
    """A point and its interval for each of the others in each row, about a line at 0."""
    with Canvas(f"differences-{name}", 4.8, 1.0 + (0.2 + 0.1 * len(others)) * len(rows)) as canvas:
        (axes,) = canvas.axes()
        axes.axvline(0, color=FAINT, linewidth=1.2)
        shifts = np.linspace(-0.3, 0.3, len(others) + 2)[1:-1]
        for index, (other, shift) in enumerate(zip(others, shifts, strict=True)):
            colour, marker = _STYLES[index % len(_STYLES)]
            for place, values in enumerate(rows.values()):
                one, y = values[index], place + shift
                if one.lower is not None and one.upper is not None:
                    axes.plot([one.lower, one.upper], [y, y], color=colour, alpha=0.55, lw=2.4)
                axes.plot(
                    [one.value], [y], color=colour, marker=marker, linestyle="", markersize=5,
                    label="_" if place else f" {_end_of(other)}",  # it hides what begins with _
                )  # fmt: skip
        axes.set_yticks(range(len(rows)), list(rows))
        axes.set(xlabel=unit, ylim=(len(rows) - 0.4, -0.6))
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        short_names = len(others) == 2 and max(map(len, others)) <= _NARROW
        canvas.figure.legend(loc="outside upper right", ncols=2 if short_names else 1)
        return canvas.finish(caption)


def _end_of(name: str) -> str:
    """A folder's name may be wider than a figure; it is its end that tells it from others."""
    return name if len(name) <= _WIDE else f"…{name[1 - _WIDE :]}"


def _seen(comparison: Comparison, answers: list[Answer]) -> Section:
    parts: list[Part] = [
        Words(
            "Right is the right digit with an IoU of 0.5 or more. True boxes are green, predicted "
            "ones dashed orange; each picture stands here twice, once for each model."
        )
    ]
    for pair in comparison.pairs:
        for right, wrong, count in (
            (pair.other, pair.first, pair.only_other),
            (pair.first, pair.other, pair.only_first),
        ):
            title = f"Right with {right}, wrong with {wrong}"
            shown = [a for a in answers if a.right[right] and not a.right[wrong]][:_SHOWN]
            pictures = [_picture(answer, name) for answer in shown for name in (right, wrong)]
            said = f"{len(shown)} of {count:,}." if shown else "There are none."
            parts.append(Pictures(title, pictures, said, pairs=True))
    return Section("seen", "Where they disagree", parts)


def _picture(answer: Answer, name: str) -> Picture:
    right, predicted = answer.right[name], answer.predictions[name]
    truth = "" if predicted["digit"] == answer.truth["digit"] else f", is {answer.truth['digit']}"
    true, box = (tuple(of[edge] for edge in _EDGES) for of in (answer.truth, predicted))
    iou = float(boxes.iou(true, box))
    label = f"{'right' if right else 'wrong'}: {predicted['digit']}{truth} · IoU {iou:.2f}"
    return Picture(answer.png, label, true, box, wrong=not right)
