"""`tuner_fn` of the Tuner component: KerasTuner's random search over a small space per network.

What is searched are keys of `training` and `task`; the Trainer puts the best ones in their place.
"""

import tempfile
from collections.abc import Callable, Mapping
from typing import Any

import keras
import keras_tuner
import tensorflow_transform as tft
from tfx.components.trainer.fn_args_utils import FnArgs
from tfx.components.tuner.component import TunerFnResult

from trainer.models import build_network
from trainer.options import TRIALS, TrainerOptions, read_options
from trainer.precision import choose_precision, computing_in
from trainer.training import Checkpoints, Data, compile_model, fit
from vocabulary.options import Options


def _edge_space(hp: keras_tuner.HyperParameters) -> None:
    hp.Float("learning_rate", 1e-3, 1e-2, sampling="log")
    hp.Choice("box_weight", [1.0, 2.0, 5.0])
    hp.Choice("label_smoothing", [0.0, 0.05, 0.1])


def _lab_space(hp: keras_tuner.HyperParameters) -> None:
    hp.Float("learning_rate", 3e-4, 3e-3, sampling="log")
    hp.Choice("box_weight", [1.0, 5.0, 20.0])


SPACES: dict[str, Callable[[keras_tuner.HyperParameters], None]] = {
    "edge": _edge_space,
    "lab": _lab_space,
}
"""By the names of the networks."""


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
    """The options with the values of KerasTuner's configuration `best` in place of their own."""
    if not best:
        return options
    groups = {"training": options.training, "task": options.task}
    return options.model_copy(
        update={name: _with(group, best["values"]) for name, group in groups.items()}
    )


def _with(group: Options, values: Mapping[str, Any]) -> Options:
    """A group of options with the values that are of its own keys."""
    own = {name: value for name, value in values.items() if name in type(group).model_fields}
    return type(group).model_validate({**group.model_dump(), **own})


class _Search(keras_tuner.RandomSearch):
    """Trains a network for each choice of hyperparameters."""

    def __init__(self, options: TrainerOptions, data: Data, *, trials: int, folder: str):
        self._options, self._data = options, data
        space = keras_tuner.HyperParameters()
        SPACES[options.model.kind](space)
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
        """Gives the quality of one choice.

        It is the mean of accuracy and mean IoU on the validation split after the last epoch: losses
        cannot be compared, since their weights are among what is searched.
        """
        options = apply_hyperparameters(self._options, {"values": trial.hyperparameters.values})
        keras.utils.set_random_seed(options.seed)
        with computing_in(choose_precision(options.training.precision)):
            model = build_network(options.model.kind, self._data.transform)
        compile_model(model, options)
        with tempfile.TemporaryDirectory() as folder:
            last = fit(model, options, self._data, Checkpoints(folder, folder)).rows[-1]
        return {"quality": (last["val_logits_accuracy"] + last["val_box_iou"]) / 2}
