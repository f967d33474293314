"""`backbone`: a network of keras.applications, for a digit and its box; see `trainer.backbone`."""

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
    """Builds the network; its box head is linear and free to leave [0, 1]."""
    from trainer.backbone import build_backbone

    canvas, heads = (height, width, channels), {"logits": len(task.classes), "box": 4}
    return build_backbone(canvas, heads=heads, options=options, statistics=statistics)


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-4, 3e-3, sampling="log")
    hyperparameters.Choice("box_weight", [1.0, 5.0, 20.0])
