"""The verdict: blessed or not, and why, in words."""

from typing import Any

from components.report.document import Part, Section, Table, Words
from components.report.sections.slices import as_text
from evaluation.results import SliceMetrics

_TITLES = {
    "accuracy": "accuracy of digits",
    "mean_iou": "mean IoU of boxes",
    "pooled_iou": "pooled IoU",
    "joint_at_50": "digit right, IoU ≥ 0.5",
    "iou_at_50": "boxes at IoU ≥ 0.5",
    "iou_at_60": "boxes at IoU ≥ 0.6",
    "iou_at_75": "boxes at IoU ≥ 0.75",
    "iou_at_90": "boxes at IoU ≥ 0.9",
}


def verdict(
    whole: SliceMetrics,
    *,
    blessed: bool,
    reasons: list[str],
    bars: dict[str, float],
    champion: int,
    pushed: str,
) -> Section:
    """One sentence, the reasons, and the metrics of the whole beside their bars.

    Args:
        whole: the metrics.
        blessed: whether the model passed.
        reasons: one sentence for each bar that was missed.
        bars: by name of the metric.
        champion: the version that was compared with, 0 if there was none.
        pushed: the version that the model was pushed as, empty if it was not.
    """
    against = f"version {champion}, then serving" if champion else "no champion: nothing served yet"
    outcome = "Blessed" if blessed else "Not blessed"
    where = f"pushed as version {pushed}" if pushed else "pushed nowhere"
    parts: list[Part] = [
        Words(f"{outcome}, and {where}. Compared with {against}.", "good" if blessed else "bad"),
        *(Words(f"{reason}.", "bad") for reason in reasons),
        _table(whole, bars),
    ]
    return Section("verdict", "Verdict", parts)


def explained(judged: dict[str, Any], *, pushed: str) -> Section:
    """The verdict as it was written beside the evaluation, `verdict.json`.

    Args:
        judged: `blessed`, `sentence`, and `checks`, each with `metric`, `slice`, `count`, `value`,
            `bar`, `champion`, `difference`, its interval `low` and `high`, `passed` and `reason`.
        pushed: the version that the model was pushed as, empty if it was not.
    """
    head = ("metric", "slice", "value", "bar", "champion", "difference", "passed", "why")
    where = f"Pushed as version {pushed}." if pushed else "Pushed nowhere."
    parts: list[Part] = [
        Words(judged["sentence"], "good" if judged["blessed"] else "bad"),
        Words(where),
        Table(head, [_row(check) for check in judged["checks"]], numeric=False),
    ]
    return Section("verdict", "Verdict", parts)


def _row(check: dict[str, Any]) -> tuple[str, ...]:
    interval = f" [{check['low']:+.4f}, {check['high']:+.4f}]" if check["low"] is not None else ""
    difference = check["difference"]
    return (
        _TITLES.get(check["metric"], check["metric"].replace("_", " ")),
        f"{check['slice']} ({check['count']:,})",
        *(_number(check[key]) for key in ("value", "bar", "champion")),
        "" if difference is None else f"{difference:+.4f}{interval}",
        {True: "yes", False: "no", None: "does not judge"}[check["passed"]],
        check["reason"],
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _table(whole: SliceMetrics, bars: dict[str, float]) -> Table:
    rows = [
        (_TITLES.get(name, name), as_text(estimate), f"{bars[name]:g}" if name in bars else "")
        for name, estimate in whole.metrics.items()
    ]
    return Table(
        ("metric", "value", "bar"), rows,
        f"On all {whole.count:,} pictures of the eval split; brackets hold confidence intervals "
        "where they were computed.",
    )  # fmt: skip
