"""Networks: those of the task, as `tasks/TASK/networks/KIND.py` builds them.

Imports Keras and TensorFlow Transform no sooner than a network is built: the config asks which
networks there are, too.
"""

from typing import TYPE_CHECKING

from vocabulary.task.find import network_names, task_part
from vocabulary.task.training import Network

if TYPE_CHECKING:
    import keras
    import tensorflow_transform as tft


def check_network(task: str, kind: str, *, height: int, width: int) -> None:
    """Raises ValueError for a network that the task does not have, or of too small a canvas."""
    names = network_names(task)
    if kind not in names:
        raise ValueError(
            f'model.kind is "{kind}": the networks of the task {task} are {", ".join(names)}'
        )
    smallest = find_network(task, kind).SMALLEST
    if min(height, width) < smallest:
        raise ValueError(
            f"model.kind {kind} needs a canvas of {smallest} pixels or more each way; enlarge "
            f"canvas, or choose another model.kind of {', '.join(names)}"
        )


def find_network(task: str, kind: str) -> Network:
    """The module of a network."""
    network: Network = task_part(task, f"networks.{kind}")
    return network


def build_network(task: str, kind: str, transform: "tft.TFTransformOutput") -> "keras.Model":
    """Builds a network for the canvas of a transform graph."""
    from trainer.preprocessing import PICTURE

    height, width, channels = transform.transformed_feature_spec()[PICTURE].shape
    model: keras.Model = find_network(task, kind).build(height, width, channels)
    return model
