"""The config as a model: what it hands to each part."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from pipeline.config.config import Config
from pipeline.config.file import read_config
from vocabulary.errors import UserError


def test_parts_get_what_the_config_says(configure: Callable[..., Config]) -> None:
    config = configure("seed=5", "splits.train=300", "splits.eval=40", "canvas.width=90")
    assert config.data.seed == config.trainer.seed == 5
    assert config.data.canvas.width == 90
    assert (config.trainer.train_size, config.trainer.validation_size) == (300, 40)
    assert config.trainer.training == config.training


@pytest.mark.parametrize("setting", ["training.patience=3", "tuner.enabled=true"])
def test_what_chooses_needs_a_split_of_its_own(
    setting: str, configure: Callable[..., Config]
) -> None:
    with pytest.raises(UserError, match=r"add one: splits\.validation"):
        configure(setting)
    config = configure(setting, "splits.validation=40")
    assert config.watched_split == "validation"
    assert config.trainer.validation_size == 40


def test_bulk_inference_needs_splits_that_there_are() -> None:
    with pytest.raises(UserError, match="names the split test; splits has train, eval"):
        read_config(None, ["bulk_inference=[test]"])


def test_a_trial_is_a_training_of_its_own_length_from_scratch(
    configure: Callable[..., Config],
) -> None:
    config = configure(
        "tuner.enabled=true",
        "tuner.epochs=3",
        "training.warm_start=true",
        "training.patience=1",
        "splits.validation=40",
    )
    trial = config.trial.training
    assert (trial.epochs, trial.warm_start, trial.patience) == (3, False, None)
    assert trial.learning_rate == config.training.learning_rate


def test_config_cannot_be_changed(configure: Callable[..., Config]) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        configure().seed = 3


def test_lab_needs_a_canvas_that_its_poolings_leave_something_of() -> None:
    settings = ["model.kind=lab", "canvas.height=28", "canvas.width=28", "scene.scale=[0.5, 0.6]"]
    with pytest.raises(UserError, match="lab needs a canvas of 30 pixels or more"):
        read_config(None, settings)
