"""What a task tells of the slices that its truth is cut into."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

from vocabulary.task.find import task_part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Slices(Protocol):
    """`tasks/NAME/slices.py`, which the config reads: it must load NumPy only to cut.

    Attributes:
        CROSSES: names of crosses that are looked at too, as `digit x size`.
    """

    CROSSES: Sequence[str]

    def values(self, classes: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Every value that a slice can have, by its name in the config; `classes` by label."""

    def cut(
        self, features: Mapping[str, Any], classes: Sequence[str]
    ) -> "dict[str, NDArray[np.str_]]":
        """The value of each slice for each of n pictures, [n], by name; empty where it has none.

        `features` are those of their tf.Examples, [n] or [n, 1] each.
        """


def slices_of(task: str) -> Slices:
    """That of a task."""
    return cast(Slices, task_part(task, "slices"))
