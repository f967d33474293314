"""One logit, binary cross-entropy."""

import keras

from vocabulary.task.training import WatchedMetric

TARGETS = {"odd": "odd"}
METRICS = (WatchedMetric("odd_accuracy", "accuracy", "accuracy", better="higher"),)


def build_losses(options, outputs):
    return {"odd": keras.losses.BinaryCrossentropy(from_logits=True)}


def build_weights(options, outputs):
    return {"odd": 1.0}


def build_metrics():
    return {"odd": [keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)]}


def build_augmentation(options):
    return None


def quality(epoch):
    return epoch["val_odd_accuracy"]
