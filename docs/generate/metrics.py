"""The metrics of each task, as `tasks/NAME/judging.py` records them."""

from collections.abc import Iterator

from vocabulary.task.find import task_names
from vocabulary.task.judging import metrics_of


def text() -> str:
    """A table for each task."""
    return "\n".join(line for task in task_names() for line in _table(task))


def _table(task: str) -> Iterator[str]:
    yield f"### Of the task `{task}`\n"
    yield "| name | title | better | unit | may have a bar |\n|---|---|---|---|---|"
    for metric in metrics_of(task).values():
        bar = "yes" if metric.bar else "no"
        yield f"| `{metric.name}` | {metric.title} | {metric.better} | {metric.unit} | {bar} |"
    yield ""
