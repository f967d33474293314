"""`lab`: the network of the well-known MNIST localization tutorial, as the baseline to beat.

Three convolutions with average pooling, one dense layer, two heads: 426,638 parameters on its own
75x75 canvas.
"""

import keras
from keras import layers

from vocabulary.features import NUM_CLASSES


def build(height: int, width: int, channels: int) -> keras.Model:
    """Builds the network; its box head is linear and free to leave [0, 1]."""
    picture = keras.Input((height, width, channels), name="picture")
    x = picture
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    outputs = {
        "logits": layers.Dense(NUM_CLASSES, dtype="float32", name="logits")(x),
        "box": layers.Dense(4, dtype="float32", name="box")(x),
    }
    return keras.Model(picture, outputs, name="lab")
