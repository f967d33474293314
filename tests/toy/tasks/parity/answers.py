"""The probability that the digit is odd."""

import numpy as np

from vocabulary.task.answers import Output


def outputs(classes):
    return {"odd": Output("float32")}


def answer(outputs, frames, sizes):
    import tensorflow as tf

    return {"odd": tf.reshape(tf.sigmoid(outputs["odd"]), [-1])}


def facts(options):
    return {}


def fault(outputs):
    odd = outputs["odd"]
    return None if np.all((odd >= 0) & (odd <= 1)) else f"probabilities {odd.tolist()}"
