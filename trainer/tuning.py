"""`tuner_fn` of the Tuner component: KerasTuner's random search over the space of the network.

What is searched are keys of `training` and `task`; the Trainer puts the best ones in their place.
"""

import tempfile
from collections.abc import Mapping
from typing import Any

import keras_tuner
import tensorflow_transform as tft
from tfx.components.trainer.fn_args_utils import FnArgs
from tfx.components.tuner.component import TunerFnResult

from trainer.network import build_network, find_network
from trainer.options import TRIALS, TrainerOptions, read_options
from trainer.precision import choose_precision, computing_in
from trainer.seed import seeded
from trainer.strategy import choose_strategy
from trainer.training import Checkpoints, Data, compile_model, fit, training_of
from vocabulary.options import Options


def tuner_fn(fn_args: FnArgs) -> TunerFnResult:
    """A random search that is seeded by the config's seed and judged on the validation split."""
    options = read_options(fn_args)
    transform = tft.TFTransformOutput(fn_args.transform_graph_path)
    search = _Search(
        options,
        Data(fn_args.train_files, fn_args.eval_files, transform),
        trials=fn_args.custom_config[TRIALS],
        folder=fn_args.working_dir,
    )
    return TunerFnResult(tuner=search, fit_kwargs={})


def apply_hyperparameters(options: TrainerOptions, best: dict[str, Any] | None) -> TrainerOptions:
    """The options with the values of KerasTuner's configuration `best` in place of their own.

    Raises:
        ValueError: for a value that is no key of `training` or `task`, or that the config refuses.
    """
    if not best:
        return options
    groups: dict[str, Options] = {"training": options.training, "task": options.task}
    keys = {key for group in groups.values() for key in type(group).model_fields}
    unknown = sorted(set(best["values"]) - keys)
    if unknown:
        raise ValueError(
            f"the search space of {options.model.kind} has {unknown[0]}, which is no key of "
            f"training or of the task {options.task.kind}"
        )
    return options.model_copy(
        update={name: _with(group, best["values"]) for name, group in groups.items()}
    )


def _with(group: Options, values: Mapping[str, Any]) -> Options:
    """A group of options with the values of its own keys among these."""
    own = {name: value for name, value in values.items() if name in type(group).model_fields}
    return type(group).model_validate({**group.model_dump(), **own})


class _Search(keras_tuner.RandomSearch):
    """Trains a network for each choice of hyperparameters."""

    def __init__(self, options: TrainerOptions, data: Data, *, trials: int, folder: str):
        self._options, self._data = options, data
        self._strategy = choose_strategy(options.training).strategy
        space = keras_tuner.HyperParameters()
        find_network(options.task.kind, options.model.kind).search_space(space)
        super().__init__(
            objective=keras_tuner.Objective("quality", "max"),
            hyperparameters=space,
            max_trials=trials,
            seed=options.seed,
            # KerasTuner would go on, and hand over hyperparameters that were never tried.
            max_consecutive_failed_trials=1,
            directory=folder,
            project_name="tuner",
        )

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Trains with one choice, where the Trainer would, and returns its quality.

        The task says what quality is; losses cannot be compared, since their weights are among what
        is searched.
        """
        options = apply_hyperparameters(self._options, {"values": trial.hyperparameters.values})
        precision = choose_precision(options.training.precision)
        with seeded(options.seed), self._strategy.scope(), computing_in(precision):
            model = build_network(options.task, options.model, self._data.transform)
            compile_model(model, options)
        with tempfile.TemporaryDirectory() as folder:
            last = fit(model, options, self._data, Checkpoints(folder, folder)).rows[-1]
        return {"quality": training_of(options.task).quality(last)}
