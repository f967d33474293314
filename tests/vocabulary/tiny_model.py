"""Real SavedModels that are written in no time: one weight, or none."""

import shutil
from pathlib import Path

import tensorflow as tf

WEIGHTS = "variables/variables.data-00000-of-00001"


class Weighted(tf.Module):
    def __init__(self, weight: float):
        self.weight = tf.Variable([float(weight)] * 100)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "examples")])
    def serve(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"length": tf.cast(tf.strings.length(examples), tf.float32) * self.weight[0]}


class Stateless(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "examples")])
    def serve(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"length": tf.strings.length(examples)}


def save_tiny(folder: Path, weight: float = 1.0, *, signature: str = "serving_examples") -> Path:
    """A model of one weight."""
    model = Weighted(weight)
    tf.saved_model.save(model, str(folder), {signature: model.serve})
    return folder


def save_stateless(folder: Path) -> Path:
    """A model without weights or a folder for them, as exporters before TensorFlow 2 wrote it."""
    model = Stateless()
    tf.saved_model.save(model, str(folder), {"serving_examples": model.serve})
    shutil.rmtree(folder / "variables")
    return folder


def read_weight(folder: Path) -> float:
    """The weight of a tiny model."""
    reader = tf.train.load_checkpoint(str(folder / "variables/variables"))
    return float(reader.get_tensor("weight/.ATTRIBUTES/VARIABLE_VALUE")[0])


def cut(path: Path, *, to: int | None = None) -> None:
    """Truncates a file, in the middle unless told."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 if to is None else to])
