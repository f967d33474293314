"""Any network of a task, by its name alone."""

import keras

from trainer.network import find_network
from trainer.pixel_statistics import PixelStatistics


def build(task: str, kind: str, *, height: int, width: int, channels: int = 1) -> keras.Model:
    """The network for pictures of this size, with its default options if it has any."""
    network = find_network(task, kind)
    if not hasattr(network, "Options"):
        return network.build(height, width, channels)
    statistics = PixelStatistics((0.1,) * channels, (0.2,) * channels)
    options = network.Options(kind=kind)
    return network.build(height, width, channels, options=options, statistics=statistics)
