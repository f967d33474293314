"""Odd is 1, even is 0."""

import tensorflow as tf

from vocabulary import features


def build_targets(inputs, frames, options, *, canvas):
    return {"odd": tf.reshape(inputs[features.LABEL] % 2, [-1])}
