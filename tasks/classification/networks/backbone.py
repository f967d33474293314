"""`backbone`: a network of keras.applications that reads a digit; see `trainer.backbone`."""

from typing import TYPE_CHECKING, Any, Final

from trainer.backbone_options import SMALLEST, BackboneOptions
from vocabulary.task.options import TaskBase

if TYPE_CHECKING:
    import keras
    import keras_tuner

__all__ = ["SMALLEST", "Options", "build", "search_space"]

Options: Final = BackboneOptions


def build(*canvas: int, task: TaskBase, **model: Any) -> "keras.Model":
    """Builds the network."""
    from trainer.backbone import build_backbone

    return build_backbone(canvas, heads={"logits": len(task.classes)}, **model)


def search_space(hyperparameters: "keras_tuner.HyperParameters") -> None:
    """Declares what the Tuner tries."""
    hyperparameters.Float("learning_rate", 1e-4, 3e-3, sampling="log")
