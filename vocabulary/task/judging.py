"""What a task tells the Evaluator: which metrics it has, and what one picture contributes to them.

The records of the metrics stand in `tasks/NAME/judging.py`, which is read with the config and so
must not load NumPy; what a batch of pictures contributes stands in `tasks/NAME/measures.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, cast

from vocabulary.task.find import task_part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PICTURES: Final = "pictures"
"""The sum that counts the pictures; there is one for every task."""

Columns = dict[str, "NDArray[Any]"]
"""Values of n pictures by name, [n] each; a measure may be [n, k]."""

Sums = Mapping[str, "NDArray[np.float64]"]
"""Measures by name, added up over pictures: [...], or [..., k] of a measure that is [n, k]."""


@dataclass(frozen=True)
class Share:
    """The share of the pictures of which something holds.

    Attributes:
        holds: takes the measures of n pictures and gives [n] of zeros and ones.
        of: the measure that is 1 for the pictures that are asked about, and 0 for the rest.
    """

    holds: "Callable[[Columns], NDArray[Any]]"
    of: str = PICTURES


@dataclass(frozen=True)
class Ratio:
    """A sum over pictures divided by another; a mean over pictures where that one counts them.

    Attributes:
        part: the name of a measure, or what takes the sums and gives [...].
        whole: the name of the measure to divide by.
        most: the measure whose mean is the highest value that the ratio can have; 1 without one.
    """

    part: "str | Callable[[Sums], NDArray[np.float64]]"
    whole: str = PICTURES
    most: str = PICTURES


@dataclass(frozen=True)
class OfRows:
    """No sum over pictures: computed of the rows of all pictures at once, of no other slice.

    `compute` takes the truth, a model's predictions, the group of each picture, and how many groups
    there are. It gives the value of all pictures, then that without each group: [1 + groups].
    """

    compute: "Callable[[Columns, Columns, NDArray[np.int64], int], NDArray[np.float64]]"


@dataclass(frozen=True)
class Metric:
    """Everything that the pipeline knows of a metric.

    Attributes:
        name: in configs, JSON and what TFMA writes.
        title: in front of people.
        read: how the value comes from what the pictures contribute.
        shown: `always`: also where there is room for a few, as in `digits runs`, and slices are
            sorted by it; `run`: in what `digits run` prints; `full`: where all metrics stand.
        bar: whether a bar can be set on it; the value is then in [0, 1], and better if higher.
        better: which way.
        unit: empty for a share, and for what is like one.
    """

    name: str
    title: str
    read: Share | Ratio | OfRows
    shown: Literal["always", "run", "full"] = "full"
    bar: bool = True
    better: Literal["higher", "lower"] = "higher"
    unit: str = ""


@dataclass(frozen=True)
class Confusion:
    """A plot of which class is taken for which.

    Attributes:
        truth: the column of the ground truth that holds the index of the class, below 0 of a
            picture that is not counted.
        prediction: likewise, of the predictions; in the range of the classes.
    """

    truth: str
    prediction: str


@dataclass(frozen=True)
class Calibration:
    """A plot of the share of right predictions by confidence.

    Attributes:
        confidence: the column of the predictions that holds it, in [0, 1].
        right: the measure that is 1 for right predictions, and 0 for others.
        of: the measure that is 1 for the pictures that are counted, and 0 for the rest.
    """

    confidence: str
    right: str
    of: str = PICTURES


Plot = Confusion | Calibration
"""What TFMA draws for a slice, beside metrics."""


class Judging(Protocol):
    """`tasks/NAME/judging.py`.

    It may also have `PLOTS`, a sequence of `Plot`, one of a kind at most.

    Attributes:
        METRICS: in the order in which people see them.
        RIGHT: the name of the metric, a `Share`, of the predictions that are right.
    """

    METRICS: Sequence[Metric]
    RIGHT: str


class Measures(Protocol):
    """`tasks/NAME/measures.py`.

    Attributes:
        TRUTH: the columns of the ground truth that are kept in a row for each picture, and the
            NumPy type of each.
        PREDICTION: likewise, of a model's answer.
    """

    TRUTH: Mapping[str, str]
    PREDICTION: Mapping[str, str]

    def read_truth(self, features: Mapping[str, Any], *, frames: "NDArray[np.float64]") -> Columns:
        """The ground truth of n pictures: the columns of `TRUTH`, and others for `measure`.

        Args:
            features: of the tf.Examples, [n] or [n, 1] each.
            frames: the (height, width) of each picture in pixels of the canvas, [n, 2].
        """

    def read_predictions(self, outputs: Mapping[str, Any]) -> Columns:
        """A model's predictions: the columns of `PREDICTION`, and others for `measure`.

        `outputs` are those of the signature that takes tf.Examples.
        """

    def measure(self, truth: Columns, predictions: Columns, *, classes: int) -> Columns:
        """What each picture contributes to the metrics, [n] or [n, k] by name.

        `classes` is how many there are.

        All of them are added up, by slice; `Share` is asked about them picture by picture.
        """


def judging_of(task: str) -> Judging:
    """The records of a task."""
    return cast(Judging, task_part(task, "judging"))


def measures_of(task: str) -> Measures:
    """What pictures contribute, in a task; loads NumPy."""
    return cast(Measures, task_part(task, "measures"))


def plots_of(task: str) -> Sequence[Plot]:
    """What TFMA draws in a task; most tasks have no classes to confuse."""
    return cast(Sequence[Plot], getattr(judging_of(task), "PLOTS", ()))


def metrics_of(task: str) -> dict[str, Metric]:
    """The metrics of a task by name, in the order in which people see them."""
    return {metric.name: metric for metric in judging_of(task).METRICS}


def right_of(task: str) -> Metric:
    """The metric that is the share of right predictions; its test says which ones these are."""
    return metrics_of(task)[judging_of(task).RIGHT]


def always_shown(metrics: Mapping[str, Metric]) -> list[Metric]:
    """Those that are also shown where there is room for a few; slices are ranked by the first."""
    return [metric for metric in metrics.values() if metric.shown == "always"]
