"""`edge`: find the edges of the digit, then look at what is between them.

Each edge of the box is read off as an expectation over the columns (or rows) of the locator's
finest map, which is precise to a fraction of a pixel (X. Sun et al., "Integral Human Pose
Regression", ECCV 2018). The reader is a small classifier of what that box and a margin cut out,
always at the same size, so that it need not learn every place, size and background anew
(M. Jaderberg et al., "Spatial Transformer Networks", NeurIPS 2015). Seeing the digit pixel by
pixel, it also places the edges a second time, as in a cascade (Z. Cai and N. Vasconcelos, "Cascade
R-CNN", CVPR 2018).
"""

from typing import TYPE_CHECKING, Final

from vocabulary.task.options import TaskBase

if TYPE_CHECKING:
    import keras
    import keras_tuner

SMALLEST: Final = 28
"""Pixels that a canvas must have each way."""


def build(height: int, width: int, channels: int, *, task: TaskBase) -> "keras.Model":
    """Builds the network, whose further output `coarse_box` is the locator's box."""
    import keras

    from tasks.localization.layers.glimpse import Glimpse
    from tasks.localization.layers.locator import locate
    from tasks.localization.layers.reader import GLIMPSE_SIZE, read_digit, refine, window_around

    picture = keras.Input((height, width, channels), name="picture")
    coarse = locate(picture)
    window = window_around(min(height, width))(coarse)
    glimpse = Glimpse(GLIMPSE_SIZE, dtype="float32")(picture, window)
    logits, maps = read_digit(glimpse, classes=len(task.classes))
    box = refine(maps, window)
    return keras.Model(picture, {"logits": logits, "box": box, "coarse_box": coarse}, name="edge")


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-3, 1e-2, sampling="log")
    hyperparameters.Choice("box_weight", [1.0, 2.0, 5.0])
    hyperparameters.Choice("label_smoothing", [0.0, 0.05, 0.1])
