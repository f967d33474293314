"""Networks: those of the task, as `tasks/TASK/networks/KIND.py` builds them.

Imports Keras and TensorFlow Transform no sooner than a network is built: the config asks which
networks there are, too.
"""

from typing import TYPE_CHECKING, Any

from vocabulary.errors import UserError
from vocabulary.options import Options
from vocabulary.task.find import network_names, task_part
from vocabulary.task.options import TaskBase
from vocabulary.task.training import Network, NetworkWithOptions

if TYPE_CHECKING:
    import keras
    import tensorflow_transform as tft


class ModelBase(Options):
    """Which of the task's networks; all of the options of one that has none of its own."""

    kind: str


def find_network(task: str, kind: str) -> Network | NetworkWithOptions:
    """The module of a network; UserError if the task has none of that name."""
    names = network_names(task)
    if kind not in names:
        raise UserError(f"the task {task} has no network {kind}; choose from {', '.join(names)}")
    network: Network | NetworkWithOptions = task_part(task, f"networks.{kind}")
    return network


def options_of_network(task: str, kind: str) -> type[ModelBase]:
    """The class of the options of a network; UserError as `find_network`."""
    options: type[ModelBase] = getattr(find_network(task, kind), "Options", ModelBase)
    return options


def check_network(task: str, kind: str, *, height: int, width: int) -> None:
    """Raises ValueError for too small a canvas."""
    smallest = find_network(task, kind).SMALLEST
    if min(height, width) < smallest:
        raise ValueError(
            f"model.kind {kind} needs a canvas of {smallest} pixels or more each way; enlarge "
            f"canvas, or choose another model.kind of {', '.join(network_names(task))}"
        )


def build_network(
    task: TaskBase, options: ModelBase, transform: "tft.TFTransformOutput"
) -> "keras.Model":
    """Builds a network of a task for the canvas of a transform graph."""
    from trainer.pixel_statistics import read_pixel_statistics
    from trainer.preprocessing import PICTURE

    canvas = transform.transformed_feature_spec()[PICTURE].shape
    network: Any = find_network(task.kind, options.kind)
    more = {}
    if hasattr(network, "Options"):
        more = {"options": options, "statistics": read_pixel_statistics(transform)}
    model: keras.Model = network.build(*canvas, task=task, **more)
    return model
