"""What the machinery asks of `tasks/NAME/answers.py`: what a model of the task answers.

Export, InfraValidator, bulk inference, `digits compare` and every client of a model ask it. The
file is imported where TensorFlow is not, so a function that needs TensorFlow imports it itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from numpy.typing import NDArray

from vocabulary.task.options import TaskBase


@dataclass(frozen=True)
class Output:
    """One output of an exported model: the type and the shape of what it holds for a picture."""

    dtype: Literal["int64", "float32"]
    shape: tuple[int, ...] = ()


Outputs = Mapping[str, Output]


@runtime_checkable
class Answers(Protocol):
    """The module `answers` of a task."""

    OUTPUTS: Outputs
    """The outputs of every signature, by name."""

    def answer(self, outputs: Any, frames: Any, sizes: Any) -> Mapping[str, Any]:
        """Turns the network's outputs into those of a signature, within TensorFlow's graph.

        Args:
            outputs: what the network gives for a batch of canvases.
            frames: tf.Tensor, float32 [batch, 4], (xmin, ymin, xmax, ymax) in [0, 1]: the part of
                the canvas that each picture fills. Answers are in coordinates of the picture.
            sizes: tf.Tensor, float32 [batch, 2]: width and height of each picture in pixels.

        Returns:
            tf.Tensors [batch, ...], by the names in `OUTPUTS`.
        """

    def facts(self, options: TaskBase) -> dict[str, Any]:
        """What the card of an exported model says of the task, beside its name; goes into JSON."""

    def fault(self, outputs: Mapping[str, NDArray[Any]]) -> str | None:
        """What is wrong with a model's outputs, as the end of a sentence: "MODEL gives ...".

        It is about answers that no working model gives, such as numbers that are not finite;
        whether they are right is for the Evaluator to judge.

        Args:
            outputs: for a batch of pictures; their names and shapes are those of `OUTPUTS`.
        """
