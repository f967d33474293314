"""The statistics that a transform graph normalises pictures by."""

from typing import NamedTuple

import tensorflow as tf
import tensorflow_transform as tft

from trainer.preprocessing import MEAN, STDDEV
from vocabulary import features


class PixelStatistics(NamedTuple):
    """Of each channel of pictures in [0, 1], [channels]: what is subtracted and divided by."""

    mean: tuple[float, ...]
    stddev: tuple[float, ...]


def read_pixel_statistics(transform: tft.TFTransformOutput) -> PixelStatistics:
    """Those of a transform graph; a channel without variance is divided by 1."""
    blank = tf.io.encode_png(tf.zeros([1, 1, 1], tf.uint8))
    shape = transform.raw_feature_spec()[features.IMAGE].shape
    layer = transform.transform_features_layer()
    transformed = layer({features.IMAGE: tf.reshape(blank, [1, *shape])})
    mean, stddev = (transformed[key][0].numpy().tolist() for key in (MEAN, STDDEV))
    return PixelStatistics(tuple(mean), tuple(value or 1.0 for value in stddev))
