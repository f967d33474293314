"""The metrics of an evaluation, as pages show them."""

from typing import Literal, NamedTuple

from evaluation.eval_config import IN_PIXELS, LOWER_IS_BETTER
from evaluation.verdict import TITLES

_ALWAYS = ("accuracy", "mean_iou")
_RIGHT = "joint_at_50"


class Metric(NamedTuple):
    """A metric.

    Attributes:
        name: in configs and JSON.
        title: in front of people.
        shown: `always`, where there is room for a few, or `full`, where all metrics stand.
        better: which way.
        unit: empty for a share.
    """

    name: str
    title: str
    shown: Literal["always", "full"]
    better: Literal["higher", "lower"]
    unit: str = ""


def right_of(task: str) -> Metric:
    """The metric that is the share of right answers."""
    return metrics_of(task)[_RIGHT]


def metrics_of(task: str) -> dict[str, Metric]:
    """The metrics of a task by name, in the order in which people see them."""
    del task
    return {
        name: Metric(
            name,
            title,
            shown="always" if name in _ALWAYS else "full",
            better="lower" if name in LOWER_IS_BETTER else "higher",
            unit="pixels" if name in IN_PIXELS else "",
        )
        for name, title in TITLES.items()
    }
