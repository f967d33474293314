"""The search: trials that are really run, the best of which feeds the Trainer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError
from tfx.components.trainer.fn_args_utils import FnArgs
from training_process import Job

from pipeline.run.failure import explain_failure
from trainer import tuning
from trainer.models import BUILDERS
from trainer.options import TrainerOptions, TrainingOptions
from trainer.tuning import SPACES, apply_hyperparameters, tuner_fn

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
    monkeypatch.setitem(tuning.SPACES, "lab", lambda hp: hp.Fixed("box_weight", 3e38))
    with pytest.raises(Exception, match="not finite") as failure:
        search(job, tmp_path)
    sentence = explain_failure(failure.value)
    assert sentence.startswith("the loss is not finite at step 1, at a learning rate of ")
    assert "\n" not in sentence


def test_every_network_has_a_space_of_options_that_the_config_allows(configure) -> None:
    import keras_tuner

    assert set(SPACES) == set(BUILDERS)
    for kind, space in SPACES.items():
        hyperparameters = keras_tuner.HyperParameters()
        space(hyperparameters)
        options = configure(f"model.kind={kind}").trainer
        keys = {*TrainingOptions.model_fields, *type(options.task).model_fields}
        assert set(hyperparameters.values) <= keys
        apply_hyperparameters(options, {"values": hyperparameters.values})


def test_without_a_search_the_options_stay(configure) -> None:
    options = configure().trainer
    assert apply_hyperparameters(options, None) is options


def test_a_value_that_the_config_would_refuse_is_refused(configure) -> None:
    with pytest.raises(ValidationError, match="learning_rate"):
        apply_hyperparameters(configure().trainer, {"values": {"learning_rate": -1.0}})
