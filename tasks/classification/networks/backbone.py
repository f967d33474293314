"""`backbone`: a network of keras.applications, and a digit on the features that it sees.

Which one, from which weights, how much of it is trained and what stands between it and the outputs
is said in the config: `trainer.backbone_options`.
"""

from typing import TYPE_CHECKING, Final

from trainer.backbone_options import SMALLEST, BackboneOptions
from vocabulary.features import NUM_CLASSES

if TYPE_CHECKING:
    import keras
    import keras_tuner

    from trainer.pixel_statistics import PixelStatistics

__all__ = ["SMALLEST", "Options", "build", "search_space"]

Options: Final = BackboneOptions


def build(
    height: int,
    width: int,
    channels: int,
    *,
    options: BackboneOptions,
    statistics: "PixelStatistics",
) -> "keras.Model":
    """Builds the network."""
    import keras

    from trainer.backbone import build_backbone

    picture, x = build_backbone((height, width, channels), options, statistics)
    outputs = {"logits": keras.layers.Dense(NUM_CLASSES, dtype="float32", name="logits")(x)}
    return keras.Model(picture, outputs, name=options.name.lower())


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-4, 3e-3, sampling="log")
