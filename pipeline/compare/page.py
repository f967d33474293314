"""A comparison as one self-contained page, made of the same parts as a run's report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from components.report.forest import Series, draw_forest
from components.report.page import render_page
from evaluation.estimate import Estimate
from evaluation.results import SliceResult
from evaluation.wording import SIGNED, ranged
from pipeline.compare import differing, each_model
from pipeline.compare.compare import Answer, Compared, Comparison, title_of
from pipeline.compare.over_versions import draw_versions
from pipeline.compare.table import NONE_JUDGED, conclusions, headings, overall, short
from vocabulary.document import Figure, Part, Picture, Pictures, Section, Table, Words
from vocabulary.task.find import task_part
from vocabulary.task.judging import Metric, always_shown, metrics_of, right_of
from vocabulary.task.report import TaskReport

_DRAWN = 16
_SHOWN = 6


def as_page(compared: Compared) -> str:
    """Self-contained HTML: what differs, which is better and how surely, and where."""
    comparison = compared.comparison
    names = [model.name for model in comparison.models]
    sections = [
        differing.section(comparison.models),
        _whole(comparison, names),
        _slices(comparison, names, always_shown(metrics_of(comparison.task))),
        each_model.section(comparison, compared.rows),
        _disagreements(comparison, compared.answers),
    ]
    return render_page(
        title_of(comparison.models),
        [section for section in sections if section.parts],
        links={"In TFMA": Path(comparison.tfma).name},
    )


def _whole(comparison: Comparison, names: list[str]) -> Section:
    first, *others = names
    titles, metrics = comparison.titles, metrics_of(comparison.task)
    drawn = [metric for metric in metrics.values() if not metric.unit]
    rows = {
        metric.title: [comparison.whole.differences[other][metric.name] for other in others]
        for metric in drawn
    }
    lower = " and ".join(metric.title for metric in drawn if metric.better == "lower")
    pictures = f"{comparison.pictures:,} pictures"
    caption = (
        f"All models on the same {pictures}, with 95% confidence intervals in brackets. A "
        f"difference is from {titles[first]}, measured picture by picture; it is more than chance "
        "where both ends of its interval have the same sign. The latency is the median for one "
        "picture alone, on the machine that compared."
    )
    parts: list[Part] = [
        *(Words(text) for text in (*conclusions(comparison), comparison.claim) if text),
        *(draw_versions(comparison, metric) for metric in always_shown(metrics)),
        _forest(
            "whole", [titles[other] for other in others], rows, "difference",
            f"Differences from {titles[first]} on all {pictures}, with 95% confidence intervals. "
            f"Right of 0, the value is higher than that of {titles[first]}, which is better"
            f"{f', except for {lower}' if lower else ''}. "
            f"{_significant(rows, [titles[other] for other in others], 'metrics')}",
        ),
        Table(("metric", *headings(comparison)), overall(comparison), caption),
    ]  # fmt: skip
    return Section("whole", "Which is better", parts)


def _slices(comparison: Comparison, names: list[str], metrics: Sequence[Metric]) -> Section:
    titles = comparison.titles
    first, *others = names
    shown = [titles[other] for other in others]
    if not comparison.slices:
        return Section("slices", "By slice", [Words("All pictures are in the same slices.")])
    drawn = comparison.judged_slices()[:_DRAWN]
    counted = [f"{short(row)} ({row.count:,})" for row in drawn]
    figures: list[Part] = [] if drawn else [Words(NONE_JUDGED)]
    for metric in metrics if drawn else ():
        changes = [[row.differences[other][metric.name] for other in others] for row in drawn]
        rows = dict(zip(counted, changes, strict=True))
        caption = (
            f"Differences in {metric.title} from {titles[first]} on the {len(drawn)} slices that "
            f"changed most, with 95% confidence intervals; pictures in brackets. "
            f"{_significant(rows, shown, 'slices')} With this many slices, a few intervals miss "
            "0 by chance."
        )
        unit = f"difference in {metric.title}"
        figures.append(_forest(metric.name, shown, rows, unit, caption))
    head = ["slice", "pictures"]
    for metric in metrics:
        head += [f"{metric.title}, {titles[name]}" for name in names]
        head += [f"{metric.title}, {titles[name]} minus {titles[first]}" for name in others]
    table = Table(
        tuple(head), [_cells(row, names, metrics) for row in comparison.slices],
        "The slices that changed most come first, those of few pictures, where a change may be "
        "chance, come last.",
        folded=f"All {len(comparison.slices)} slices side by side",
    )  # fmt: skip
    return Section("slices", "Where: by slice", [*figures, table])


def _cells(row: SliceResult, names: list[str], metrics: Sequence[Metric]) -> tuple[str, ...]:
    cells = [row.slice, f"{row.count:,}"]
    for metric in metrics:
        cells += [ranged(row.metrics[name][metric.name]) for name in names]
        cells += [ranged(row.differences[name][metric.name], SIGNED) for name in names[1:]]
    return tuple(cells)


def _significant(rows: dict[str, list[Estimate]], others: Sequence[str], what: str) -> str:
    """On how many rows each of the others is above and below 0 with its whole interval."""
    sentences = []
    for index, other in enumerate(others):
        ends = [(values[index].lower, values[index].upper) for values in rows.values()]
        higher = sum(low is not None and low > 0 for low, _ in ends)
        lower = sum(high is not None and high < 0 for _, high in ends)
        sentences.append(
            f"{other[:1].upper()}{other[1:]} is significantly higher on {higher} of {len(ends)} "
            f"{what}, lower on {lower}."
        )
    return " ".join(sentences)


def _forest(
    name: str, others: Sequence[str], rows: Mapping[str, list[Estimate]], unit: str, caption: str
) -> Figure:
    by_model = zip(others, zip(*rows.values(), strict=True), strict=True)
    series = [Series(other, estimates, reference=0.0) for other, estimates in by_model]
    return draw_forest(f"differences-{name}", [*rows], series, unit=unit, caption=caption)


def _disagreements(comparison: Comparison, answers: list[Answer]) -> Section:
    report: TaskReport = task_part(comparison.task, "report")
    titles = comparison.titles
    parts: list[Part] = [
        Words(
            f"Right means: {right_of(comparison.task).title}. Solid green marks are the ground "
            "truth, dashed orange ones the prediction. Each picture stands here twice, once for "
            "each model."
        )
    ]
    for pair in comparison.pairs:
        for right, wrong, count in (
            (pair.other, pair.first, pair.only_other),
            (pair.first, pair.other, pair.only_first),
        ):
            shown = [a for a in answers if a.right[right] and not a.right[wrong]][:_SHOWN]
            parts.append(
                Pictures(
                    f"Right with {titles[right]}, wrong with {titles[wrong]}",
                    [
                        _picture(report, answer, name, comparison.classes)
                        for answer in shown
                        for name in (right, wrong)
                    ],
                    f"{len(shown)} of {count:,} such pictures." if shown else "There are none.",
                    pairs=True,
                )
            )
    return Section("disagreements", "Where: pictures", parts)


def _picture(report: TaskReport, answer: Answer, name: str, classes: Sequence[str]) -> Picture:
    """As the task shows it, with a word whether the model is right by its whole answer."""
    picture = report.picture(answer.png, answer.truth, answer.predictions[name], classes=classes)
    right = answer.right[name]
    caption = f"{'right' if right else 'wrong'}: {picture.caption}"
    return replace(picture, caption=caption, wrong=not right)
