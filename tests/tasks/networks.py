"""Any network of a task, by its name alone."""

from collections.abc import Sequence

import keras

from trainer.network import find_network
from trainer.pixel_statistics import PixelStatistics
from vocabulary.classes import TEN
from vocabulary.task.options import TaskBase


def build(
    task: str,
    kind: str,
    *,
    height: int,
    width: int,
    channels: int = 1,
    classes: Sequence[str] = TEN,
) -> keras.Model:
    """The network for pictures of this size, with its default options if it has any."""
    network, asked = find_network(task, kind), TaskBase(kind=task, classes=[*classes])
    if not hasattr(network, "Options"):
        return network.build(height, width, channels, task=asked)
    statistics = PixelStatistics((0.1,) * channels, (0.2,) * channels)
    options = network.Options(kind=kind)
    return network.build(
        height, width, channels, task=asked, options=options, statistics=statistics
    )
