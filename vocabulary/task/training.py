"""What Transform, Trainer and Tuner ask of a task: targets, losses, metrics, networks.

A task is asked by its parts, modules that fulfil these protocols:

    targets.py          Targets     asked by Transform
    training.py         Training    asked by Trainer and Tuner
    networks/KIND.py    Network     asked by both, and by the config, so that it imports no Keras
                                    before it builds

Nothing is imported here, so that a config is read without TensorFlow and Keras.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

Tensor = Any
Tensors = Mapping[str, Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]
"""Of targets and outputs, each [batch, ...]: the losses, float32 [batch]."""

Augmentation = Callable[[Tensor, Tensors, Tensor, Any], tuple[Tensor, Tensors]]
"""Of pictures [batch, height, width, channels], their targets by name, their frames and a seed:
pictures and targets of the same shapes.

The seed is a pair of integers, for TensorFlow's stateless random numbers: a training that was
killed goes on with the same pictures. A frame, float32 [batch, 4], (xmin, ymin, xmax, ymax) in
[0, 1], is the part of the canvas that the picture fills.
"""

LOSS = "loss"
"""Keras' name of the sum of the weighted losses."""


class WatchedMetric(NamedTuple):
    """What is shown of a training, on the terminal and in the report."""

    name: str
    """As Keras has it: of an output and its metric, `logits_accuracy`."""
    title: str
    """As the report names it."""
    short: str
    """As the progress bar names it."""
    better: Literal["higher", "lower"]


TOTAL_LOSS = WatchedMetric(LOSS, title="loss", short="loss", better="lower")
"""Is watched in every training."""


class Targets(Protocol):
    """`targets.py`: what a network is trained towards, made in the transform graph."""

    def build_targets(
        self, inputs: Tensors, frames: Tensor, options: Mapping[str, Any]
    ) -> dict[str, Tensor]:
        """The targets by name, each [batch, ...], as on the canvas.

        Args:
            inputs: the features of `vocabulary.features`, each [batch, 1].
            frames: float32 [batch, 4], the part of the canvas that each picture fills.
            options: of the task's options `kind`, and those that `TRANSFORMED` names.
        """


class Training(Protocol):
    """`training.py`. Importing it registers the custom layers of all networks of the task."""

    TARGETS: Mapping[str, str]
    """The target of each output that a network may have, by its name."""
    METRICS: Sequence[WatchedMetric]
    """Watched besides the loss."""

    def build_losses(self, options: Any, outputs: Iterable[str]) -> dict[str, Loss]:
        """The loss of each output."""

    def build_weights(self, options: Any, outputs: Iterable[str]) -> dict[str, float]:
        """The weight of each output's loss in the sum."""

    def build_metrics(self) -> dict[str, list[Any]]:
        """Keras metrics by output."""

    def build_augmentation(self, options: Any) -> Augmentation | None:
        """What is done to each batch anew; None: nothing."""

    def quality(self, epoch: Mapping[str, float]) -> float:
        """How good a trained network is, higher is better: what the Tuner chooses by.

        It may not rest on losses, whose weights are among what is searched.

        Args:
            epoch: losses and metrics of the last epoch; those of the split that is watched begin
                with `val_`.
        """


class Network(Protocol):
    """`networks/KIND.py`."""

    SMALLEST: int
    """Pixels that a canvas must have each way."""

    def build(self, height: int, width: int, channels: int, *, task: Any) -> Any:
        """A Keras model from `picture` to a dictionary of outputs, each float32 [batch, ...].

        `picture` is float32 [batch, height, width, channels], normalised; `task` are the task's
        options, which say how many `classes` there are.
        """

    def search_space(self, hyperparameters: Any) -> None:
        """Declares what KerasTuner tries, by keys of `training` and of `task`."""


class NetworkWithOptions(Protocol):
    """`networks/KIND.py` of a network that has keys of its own under `model` in the config."""

    SMALLEST: int
    """As of `Network`."""
    Options: type[Any]
    """A `trainer.network.ModelBase`; each key has a default."""

    def build(
        self, height: int, width: int, channels: int, *, task: Any, options: Any, statistics: Any
    ) -> Any:
        """As of `Network`.

        `statistics` is the `trainer.pixel_statistics.PixelStatistics` of the normalisation.
        """

    def search_space(self, hyperparameters: Any) -> None:
        """As of `Network`."""
