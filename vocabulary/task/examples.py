"""What a task tells of the examples that it works on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from vocabulary.task.find import task_part

if TYPE_CHECKING:
    import tensorflow as tf


class Examples(Protocol):
    """`tasks/NAME/examples.py`, which the config reads: it must not load TensorFlow.

    Attributes:
        SCHEMA: features in the text format of `tensorflow_metadata`'s Schema. They take the place
            of those of the shared schema that have their names, for which a picture may have any
            number of objects of any class. A dense tensor representation with a default fills in
            what an example has not.
        DRIFT: the features of the truth that drift is watched in, by their names in the config.
    """

    SCHEMA: str
    DRIFT: Mapping[str, str]

    def why_unusable(self, example: "tf.train.Example") -> str:
        """Why the task cannot use an example, as in `it has 2 objects, not one`; empty if it can.

        Examples that cannot be used are counted by these words.
        """


def examples_of(task: str) -> Examples:
    """That of a task."""
    return cast(Examples, task_part(task, "examples"))
