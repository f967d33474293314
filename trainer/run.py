"""`run_fn` of the Trainer component: builds, trains and exports the model."""

import json
import logging
from typing import Any

import keras
import tensorflow as tf
import tensorflow_transform as tft
from tfx.components.trainer.fn_args_utils import FnArgs

from trainer import losses
from trainer.export import export_model
from trainer.input import read_batches
from trainer.models import build_model
from trainer.optimizer import build_optimizer
from trainer.options import TrainerOptions
from trainer.precision import choose_precision, computing_in
from trainer.preprocessing import PICTURE
from trainer.progress import ReportProgress

OPTIONS = "options"
"""The key of `custom_config` that holds `TrainerOptions` as JSON."""
HISTORY_FILE = "history.json"


def run_fn(fn_args: FnArgs) -> None:
    """Trains on the `train` split and exports to `fn_args.serving_model_dir`.

    Writes `history.json` (parameters, precision, and losses and metrics by epoch) into
    `fn_args.model_run_dir`.
    """
    options = TrainerOptions.model_validate_json(fn_args.custom_config[OPTIONS])
    transform = tft.TFTransformOutput(fn_args.transform_graph_path)
    precision = choose_precision(options.training.precision)
    keras.utils.set_random_seed(options.seed)
    with computing_in(precision):
        model = _build(options, transform)
    logging.info("training %s, %d parameters, in %s", model.name, model.count_params(), precision)
    history = train(model, options, transform, fn_args.train_files, fn_args.eval_files)
    _write_history(
        f"{fn_args.model_run_dir}/{HISTORY_FILE}",
        {"parameters": model.count_params(), "precision": precision, "epochs": history},
    )
    with computing_in("float32"):
        exported = _build(options, transform)
    exported.set_weights(model.get_weights())
    export_model(exported, transform, fn_args.serving_model_dir)


def train(
    model: keras.Model,
    options: TrainerOptions,
    transform: tft.TFTransformOutput,
    train_files: list[str],
    eval_files: list[str],
) -> dict[str, list[float]]:
    """Compiles and fits the model; gives losses and metrics by name, one value for each epoch."""
    training = options.training
    steps_per_epoch = options.train_size // training.batch_size
    model.compile(
        build_optimizer(training, steps=steps_per_epoch * training.epochs),
        loss=losses.build_losses(training, model.output_names),
        loss_weights=losses.build_weights(training, model.output_names),
        metrics=losses.build_metrics(),
    )
    size = training.batch_size
    targets = {name: losses.TARGETS[name] for name in model.output_names}
    fitted = model.fit(
        read_batches(
            train_files,
            transform,
            targets=targets,
            batch_size=size,
            steps=steps_per_epoch,
            shuffle_seed=options.seed,
        ),
        epochs=training.epochs,
        validation_data=read_batches(
            eval_files,
            transform,
            targets=targets,
            batch_size=size,
            steps=-(-options.eval_size // size),
        ),
        callbacks=[ReportProgress(epochs=training.epochs, steps_per_epoch=steps_per_epoch)],
        shuffle=False,  # the input does, and Keras warns that it cannot
        verbose=0,
    )
    return {name: [float(value) for value in values] for name, values in fitted.history.items()}


def _build(options: TrainerOptions, transform: tft.TFTransformOutput) -> keras.Model:
    height, width, channels = transform.transformed_feature_spec()[PICTURE].shape
    return build_model(options.model.kind, height=height, width=width, channels=channels)


def _write_history(path: str, history: dict[str, Any]) -> None:
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "w") as file:
        json.dump(history, file, indent=1)
