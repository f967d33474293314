"""Batch normalisation as one operation."""

from typing import Any

import keras
import tensorflow as tf
from keras import layers

Tensor = Any


@keras.saving.register_keras_serializable("digits")
class BatchNormalization(layers.BatchNormalization):
    """Keras' own, over the last axis of [batch, height, width, channels], in one operation.

    Keras writes it as a dozen, each of which passes over the whole map, there and back: a sixth of
    what a training step costs on a CPU (docs/experiments.md).
    """

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor = None) -> Tensor:
        """Normalises by the batch in training, and by what was learnt of all batches otherwise."""
        if not (training and self.trainable):
            return super().call(inputs, training=training, mask=mask)
        none = tf.zeros([0])
        # Not the third version: one of its outputs has no static shape, which a TPU asks for.
        batch = tf.raw_ops.FusedBatchNormV2(
            x=inputs, scale=self.gamma, offset=self.beta, mean=none, variance=none,
            epsilon=self.epsilon, is_training=True,
        )  # fmt: skip
        for moving, seen in (
            (self.moving_mean, batch.batch_mean),
            (self.moving_variance, batch.batch_variance),
        ):
            moving.assign(moving * self.momentum + seen * (1.0 - self.momentum))
        return batch.y
