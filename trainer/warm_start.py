"""Warm start: the weights of the champion as those to start from."""

import keras
import tensorflow as tf

from trainer.export import read_network
from vocabulary.errors import UserError
from vocabulary.model_files import NETWORK, SAVED_MODEL
from vocabulary.task.find import task_part


def start_warm(model: keras.Model, champion: str, *, task: str) -> str:
    """Copies the weights of an exported model of the same architecture; returns what it did.

    The champion is the folder of an exported model; an empty one is none, and the first training
    starts from scratch.

    Raises UserError if the folder has no network, or one of another architecture.
    """
    if not tf.io.gfile.exists(f"{champion}/{SAVED_MODEL}"):
        return "there is no champion to start warm from"
    if not tf.io.gfile.exists(f"{champion}/{NETWORK}"):
        raise UserError(
            f"training.warm_start: the champion has no {NETWORK}, so it was exported by "
            f"something else; set training.warm_start to false"
        )
    task_part(task, "training")  # registers the layers of the champion's network, whichever it is
    network = read_network(champion)
    if _shapes(network) != _shapes(model):
        raise UserError(
            f"training.warm_start: the champion is {_describe(network)}, this config trains "
            f"{_describe(model)}; set training.warm_start to false, or model, canvas and "
            f"task.classes to the champion's"
        )
    model.set_weights(network.get_weights())
    return "started warm from the champion"


def _shapes(model: keras.Model) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in model.weights]


def _describe(model: keras.Model) -> str:
    height, width, channels = model.input.shape[1:]
    return f"{model.name} with {model.count_params():,} parameters on {height}x{width}x{channels}"
