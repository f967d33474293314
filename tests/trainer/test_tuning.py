"""The search: trials that are really run, the best of which feeds the Trainer."""

from collections.abc import Callable
from pathlib import Path

import keras
import keras_tuner
import pytest
import tensorflow as tf
from pydantic import ValidationError
from tfx.components.trainer.fn_args_utils import FnArgs

from pipeline.run.failure import explain_failure
from tasks.localization.networks import lab
from tests.trainer.training_process import Job
from trainer import tuning
from trainer.history import History
from trainer.network import find_network
from trainer.options import TrainerOptions
from trainer.strategy import Placement
from trainer.tuning import apply_hyperparameters, tuner_fn
from vocabulary.task.find import network_names

TRIALS = 2


def search(job: Job, folder: Path):
    """The tuner, as TFX's component makes and runs it."""
    result = tuner_fn(
        FnArgs(
            working_dir=str(folder),
            train_files=[job.examples],
            eval_files=[job.examples],
            transform_graph_path=job.transform,
            custom_config={"options": job.options, "trials": TRIALS},
        )
    )
    result.tuner.search(**result.fit_kwargs)
    return result.tuner


@pytest.fixture
def job(new_job: Callable[..., Job]) -> Job:
    return new_job("model.kind=lab", "training.epochs=1")


@pytest.mark.slow
def test_every_trial_is_run_and_the_best_is_the_best(job: Job, tmp_path: Path) -> None:
    tuner = search(job, tmp_path)
    trials = tuner.oracle.get_best_trials(10)
    assert len(trials) == TRIALS
    assert trials[0].score == max(trial.score for trial in trials)
    tried = [trial.hyperparameters.values for trial in trials]
    assert tried[0] != tried[1]
    (best,) = tuner.get_best_hyperparameters()
    options = TrainerOptions.model_validate_json(job.options)
    tuned = apply_hyperparameters(options, best.get_config())
    assert tuned.training.learning_rate == tried[0]["learning_rate"]
    assert tuned.task.box_weight == tried[0]["box_weight"]
    assert tuned.training.epochs == options.training.epochs


@pytest.mark.slow
def test_a_trial_that_fails_stops_the_search_with_its_reason(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "search_space", lambda space: space.Fixed("box_weight", 3e38))
    with pytest.raises(Exception, match="not finite") as failure:
        search(job, tmp_path)
    sentence = explain_failure(failure.value)
    assert sentence.startswith("the loss is not finite at step 1, at a learning rate of about ")
    assert "\n" not in sentence


@pytest.mark.slow
def test_trials_are_trained_under_the_strategy_of_the_training(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    monkeypatch.setattr(tuning, "choose_strategy", lambda training: Placement(strategy, "a test"))
    strategies = []

    def fit(model: keras.Model, *arguments: object) -> History:
        strategies.append(model.distribute_strategy)
        history = History()
        history.rows.append({"val_logits_accuracy": 0.5, "val_box_iou": 0.5})
        return history

    monkeypatch.setattr(tuning, "fit", fit)
    search(job, tmp_path)
    assert strategies == [strategy] * TRIALS


@pytest.mark.parametrize("kind", network_names("localization"))
def test_every_network_has_a_space_of_options_that_the_config_allows(configure, kind: str) -> None:
    hyperparameters = keras_tuner.HyperParameters()
    find_network("localization", kind).search_space(hyperparameters)
    assert hyperparameters.values
    apply_hyperparameters(
        configure(f"model.kind={kind}").trainer, {"values": hyperparameters.values}
    )


def test_without_a_search_the_options_stay(configure) -> None:
    options = configure().trainer
    assert apply_hyperparameters(options, None) is options


def test_a_value_that_the_config_would_refuse_is_refused(configure) -> None:
    with pytest.raises(ValidationError, match="learning_rate"):
        apply_hyperparameters(configure().trainer, {"values": {"learning_rate": -1.0}})


def test_a_value_that_is_no_key_of_the_config_is_refused(configure) -> None:
    options = configure("model.kind=lab").trainer
    sentence = (
        "the search space of lab has momentum, which is no key of training or of the task "
        "localization"
    )
    with pytest.raises(ValueError, match=sentence):
        apply_hyperparameters(options, {"values": {"learning_rate": 1e-3, "momentum": 0.9}})
