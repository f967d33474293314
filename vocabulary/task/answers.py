"""What the machinery asks of `tasks/NAME/answers.py`: what a model of the task answers.

Export, InfraValidator, bulk inference, `digits compare` and every client of a model ask it. The
file is imported where TensorFlow is not, so a function that needs TensorFlow imports it itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from numpy.typing import NDArray

from vocabulary.task.options import TaskBase


@dataclass(frozen=True)
class Output:
    """One output of an exported model: the type and the shape of what it holds for a picture.

    The name of one that is bytes ends in `_bytes`, or TensorFlow Serving takes it for text in JSON.
    """

    dtype: Literal["int64", "float32", "bytes"]
    shape: tuple[int, ...] = ()


Outputs = Mapping[str, Output]


@runtime_checkable
class Answers(Protocol):
    """The module `answers` of a task."""

    # RECTANGLE: str
    # The output that says where in the picture it is that the others are about: float32 [4],
    # (xmin, ymin, xmax, ymax) in [0, 1], of no area where there is nothing. May be missing: then
    # the task does not say where.
    # INK: str
    # The output that says of each pixel whether it belongs to that: a grey PNG of the whole
    # picture, in a resolution of its own, 255 where it surely does. May be missing.

    def outputs(self, classes: Sequence[str]) -> Outputs:
        """The outputs of every signature by name, of a model that knows these classes."""

    def answer(self, outputs: Any, frames: Any, sizes: Any) -> Mapping[str, Any]:
        """Turns the network's outputs into those of a signature, within TensorFlow's graph.

        Args:
            outputs: what the network gives for a batch of canvases.
            frames: tf.Tensor, float32 [batch, 4], (xmin, ymin, xmax, ymax) in [0, 1]: the part of
                the canvas that each picture fills. Answers are in coordinates of the picture.
            sizes: tf.Tensor, float32 [batch, 2]: width and height of each picture in pixels.

        Returns:
            tf.Tensors [batch, ...], by the names of `outputs`.
        """

    def facts(self, options: TaskBase) -> dict[str, Any]:
        """What the card of an exported model says beside task and classes; goes into JSON."""

    def fault(self, outputs: Mapping[str, NDArray[Any]]) -> str | None:
        """What is wrong with a model's outputs, as the end of a sentence: "MODEL gives ...".

        It is about answers that no working model gives, such as numbers that are not finite;
        whether they are right is for the Evaluator to judge.

        Args:
            outputs: for a batch of pictures; their names and shapes are those of `outputs`.
        """


def rectangle_of(answers: Answers) -> str | None:
    """The output of a task that says where: its `RECTANGLE`, if it has one."""
    return getattr(answers, "RECTANGLE", None)


def ink_of(answers: Answers) -> str | None:
    """The output of a task that says which pixels: its `INK`, if it has one."""
    return getattr(answers, "INK", None)
