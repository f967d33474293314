"""The config as a model: what it hands to each part."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from pipeline.config import Config


def test_parts_get_what_the_config_says(configure: Callable[..., Config]) -> None:
    config = configure("seed=5", "splits.train=300", "splits.eval=40", "canvas.width=90")
    assert config.data.seed == config.trainer.seed == 5
    assert config.data.canvas.width == 90
    assert (config.trainer.train_size, config.trainer.eval_size) == (300, 40)
    assert config.trainer.training == config.training


def test_config_cannot_be_changed(configure: Callable[..., Config]) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        configure().seed = 3
