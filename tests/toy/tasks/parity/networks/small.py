"""`small`: one convolution, one dense layer."""

SMALLEST = 16


def build(height, width, channels, *, task):
    import keras
    from keras import layers

    picture = keras.Input((height, width, channels), name="picture")
    x = layers.MaxPooling2D(4)(layers.Conv2D(8, 5, strides=2, activation="relu")(picture))
    odd = layers.Dense(1, dtype="float32", name="odd")(layers.Flatten()(x))
    return keras.Model(picture, {"odd": odd}, name="small")


def search_space(hyperparameters):
    hyperparameters.Float("learning_rate", 1e-4, 1e-2, sampling="log")
