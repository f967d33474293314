"""Two faults of Keras 3 under several workers, and the way around them.

Keras 3 does not fit a model under `tf.distribute.MultiWorkerMirroredStrategy`, as TensorFlow's own
tutorial does: https://github.com/keras-team/keras/issues/20585, open since 2024. Where Keras offers
no public way, its private methods are replaced on the model. `tests/trainer/test_keras_patches.py`
fails with the first release of Keras that needs one of these no more.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

Step = Callable[[Any], dict[str, Any]]


def build_from_shapes(model: keras.Model, batches: tf.data.Dataset) -> None:
    """Builds the metrics and losses of a compiled model from the shapes of its batches.

    Keras takes a batch for that (`TensorFlowTrainer._maybe_symbolic_build`), of which it makes no
    tensors where each of several workers has a part of it: "Attempt to convert a value (PerReplica
    ...) with an unsupported type". Under any strategy it would cost filling the shuffle buffer
    twice, once for this batch.
    """
    batch = tf.nest.map_structure(
        lambda spec: tf.zeros(spec.shape, spec.dtype), batches.element_spec
    )
    with model.distribute_strategy.scope():
        model._symbolic_build(data_batch=batch)
    model._maybe_symbolic_build = lambda iterator=None, data_batch=None: None


def give_logs_an_axis(model: keras.Model) -> None:
    """Makes each step of a model return its logs as vectors of one number.

    Keras takes the mean of the workers' logs over their first axis (`reduce_per_replica`), which a
    number does not have: "Invalid reduction dimension 0 for input with 0 dimensions". Does nothing
    without several workers.
    """
    if model.distribute_strategy.extended._in_multi_worker_mode():
        model.train_step, model.test_step = map(_with_an_axis, (model.train_step, model.test_step))


def _with_an_axis(step: Step) -> Step:
    def step_with_an_axis(data: Any) -> dict[str, Any]:
        return {name: tf.reshape(value, [1]) for name, value in step(data).items()}

    return step_with_an_axis
