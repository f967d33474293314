"""`backbone`: a network of keras.applications that reads a digit; see `trainer.backbone`."""

from typing import TYPE_CHECKING, Final

from trainer.backbone_options import SMALLEST, BackboneOptions
from vocabulary.task.options import TaskBase

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
    task: TaskBase,
    options: BackboneOptions,
    statistics: "PixelStatistics",
) -> "keras.Model":
    """Builds the network."""
    from trainer.backbone import build_backbone

    canvas, heads = (height, width, channels), {"logits": len(task.classes)}
    return build_backbone(canvas, heads=heads, options=options, statistics=statistics)


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-4, 3e-3, sampling="log")
