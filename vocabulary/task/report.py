"""What the machinery asks of `tasks/NAME/report.py`: how answers are shown to people.

The Report component and the page of `digits compare` ask it. Whatever does not depend on the task
(learning curves, slices, drift, the data, the verdict, the network) they draw themselves.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from numpy.typing import NDArray

from vocabulary.document import Picture, Section
from vocabulary.task.options import TaskBase

Columns = Mapping[str, NDArray[Any]]
"""By name, one value for each picture: [n]."""


@dataclass(frozen=True)
class Evaluated:
    """The pictures that a model was evaluated on, in one order in all of these.

    Columns are those of the task; `pixels` gives the encoded pictures of some ids, by id;
    `classes` are called so, in the order of labels.
    """

    ids: Sequence[str]
    truth: Columns
    predictions: Columns
    pixels: Callable[[Collection[str]], Mapping[str, bytes]]
    classes: Sequence[str]

    def examples(
        self, rows: NDArray[Any]
    ) -> Iterator[tuple[bytes, dict[str, Any], dict[str, Any]]]:
        """The encoded picture, the ground truth and the prediction of some rows, by index."""
        pixels = self.pixels({self.ids[row] for row in rows})
        for row in rows:
            truth, prediction = (
                {name: column[row] for name, column in columns.items()}
                for columns in (self.truth, self.predictions)
            )
            yield pixels[self.ids[row]], truth, prediction


@dataclass(frozen=True)
class Card:
    """What a model card says of the task, in sentences."""

    task: str
    """What the model does: "Tell cats from dogs"."""
    use: str
    """Which pictures it is for."""
    limits: str
    """What it cannot do."""
    truth: str = ""
    """What the ground truth is, where that has to be said."""


@runtime_checkable
class TaskReport(Protocol):
    """The module `report` of a task.

    It may also have `figures(evaluated, name)`, a list of those `Figure`s of its sections that
    stand for each model in a comparison; `name` keeps their ids apart.
    """

    FEATURES: Mapping[str, str]
    """What features of the examples are called here, where the end of their key does not say it."""

    def card(self, options: TaskBase) -> Card:
        """What the model card says of the task."""

    def picture(
        self,
        png: bytes,
        truth: Mapping[str, Any],
        prediction: Mapping[str, Any] | None = None,
        *,
        classes: Sequence[str],
    ) -> Picture:
        """A picture with the ground truth on it and, if there is one, a prediction.

        Both have one value from each column of `Evaluated`.
        """

    def sections(self, evaluated: Evaluated) -> list[Section]:
        """The task's own sections of a report; they stand between the verdict and the slices."""
