"""Batch normalisation as one operation, beside Keras' own."""

import keras
import numpy as np
import tensorflow as tf

from trainer.layers.normalization import BatchNormalization


def test_batch_normalization_is_as_in_keras() -> None:
    """Outputs, gradients and what is remembered, in training; outputs after it."""
    inputs = keras.ops.convert_to_tensor(
        np.random.default_rng(0).normal(3.0, 2.0, size=(8, 5, 6, 4)).astype(np.float32)
    )
    ours, theirs = (
        kind(momentum=0.9) for kind in (BatchNormalization, keras.layers.BatchNormalization)
    )
    seen = []
    for layer in (ours, theirs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, training=True)
            loss = tf.reduce_sum(outputs**3)
        gradients = tape.gradient(loss, [inputs, *layer.trainable_variables])
        seen.append([outputs, *gradients, *layer.non_trainable_variables, layer(inputs)])
    for our, their in zip(*seen, strict=True):
        np.testing.assert_allclose(our, their, rtol=2e-2, atol=2e-3)
