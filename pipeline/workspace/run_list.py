"""Which runs `digits runs` lists, in which order; and the list as CSV."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, Final

from pipeline.workspace.runs import RunRecord
from vocabulary.errors import UserError
from vocabulary.hints import hint
from vocabulary.task.find import task_names
from vocabulary.task.judging import Metric, metrics_of

_BY: Final[dict[str, Callable[[RunRecord], Any]]] = {
    "began": lambda one: one.began,
    "seconds": lambda one: one.seconds,
}
_COLUMNS: Final = (
    "run_id", "name", "tags", "began", "seconds", "state", "task", "blessed", "pushed_version",
    "served_version", "serving",
)  # fmt: skip


def choose(
    records: Sequence[RunRecord], *, tag: str | None, sort: str | None, limit: int | None
) -> list[RunRecord]:
    """Those with a tag, sorted, and the first `limit` of these; unsorted, the newest `limit`.

    `sort` is a metric, of which the best comes first, or `began` or `seconds`, from the least. Runs
    without a value come last. Raises UserError for another `sort`.
    """
    chosen = [one for one in records if tag is None or tag in one.tags]
    if sort is None:
        return chosen[-limit:] if limit else chosen
    value, highest_first = _order(sort)
    known = [one for one in chosen if value(one) is not None]
    unknown = [one for one in chosen if value(one) is None]
    return [*sorted(known, key=value, reverse=highest_first), *unknown][:limit]


def _order(sort: str) -> tuple[Callable[[RunRecord], Any], bool]:
    """What runs are sorted by, and whether the highest comes first."""
    if sort in _BY:
        return _BY[sort], False
    metrics = _metrics()
    if sort not in metrics:
        advice = hint(sort, [*_BY, *metrics], otherwise="choose from")
        raise UserError(f"--sort {sort} is no metric, nor {' or '.join(_BY)}; {advice}")
    return lambda one: one.metrics.get(sort), metrics[sort].better == "higher"


def _metrics() -> dict[str, Metric]:
    return {name: one for task in task_names() for name, one in metrics_of(task).items()}


def as_csv(records: Sequence[RunRecord]) -> str:
    """A line for each run under one of names: facts, every metric that any has, what changed."""
    metrics = list(dict.fromkeys(name for one in records for name in one.metrics))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_COLUMNS, *metrics, "changes"])
    for one in records:
        facts = one.model_dump(mode="json") | {"tags": " ".join(one.tags)}
        values = [facts[column] for column in _COLUMNS]
        measured = [one.metrics.get(name) for name in metrics]
        writer.writerow([*values, *measured, "; ".join(one.changes)])
    return text.getvalue()
