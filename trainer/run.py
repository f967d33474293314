"""`run_fn` of the Trainer component: builds, trains and exports the model."""

import json
import logging

import keras
import tensorflow as tf
import tensorflow_transform as tft
from tfx.components.trainer.fn_args_utils import FnArgs

from trainer.accelerators import ACCELERATOR, require_accelerators
from trainer.checkpoints import checkpoint_folder, remove_checkpoints
from trainer.export import export_model
from trainer.network import build_network
from trainer.options import CHECKPOINTS, TrainerOptions, read_options
from trainer.precision import choose_precision, computing_in
from trainer.seed import seeded
from trainer.strategy import choose_strategy
from trainer.training import Checkpoints, Data, compile_model, fit, training_of
from trainer.tuning import apply_hyperparameters
from trainer.warm_start import start_warm
from vocabulary.model_files import HISTORY
from vocabulary.task.training import TOTAL_LOSS


def run_fn(fn_args: FnArgs) -> None:
    """Trains on the `train` split and exports to `fn_args.serving_model_dir`.

    Writes `history.json` into `fn_args.model_run_dir`, with TensorBoard installed its logs too. It
    holds parameters, precision, strategy, hyperparameters that were tuned, the split that was
    watched (whose losses and metrics begin with `val_`); `metrics`, those that are worth showing,
    each with its name, title and which way is better; by epoch losses, metrics, learning rate,
    seconds and images per second; and every few steps the means of training since the step before.
    """
    options = read_options(fn_args)
    options = apply_hyperparameters(options, fn_args.hyperparameters)
    data = Data(
        fn_args.train_files,
        fn_args.eval_files,
        tft.TFTransformOutput(fn_args.transform_graph_path),
    )
    if asked := fn_args.custom_config.get(ACCELERATOR):
        require_accelerators(*json.loads(asked))
    placement = choose_strategy(options.training)
    precision = choose_precision(options.training.precision)
    with seeded(options.seed), placement.strategy.scope(), computing_in(precision):
        model = build_network(options.task, options.model, data.transform)
        if options.training.warm_start:
            logging.info(start_warm(model, fn_args.base_model, task=options.task.kind))
        compile_model(model, options)
    logging.info("training %s, %d parameters, in %s", model.name, model.count_params(), precision)
    logging.info("strategy: %s", placement.why)
    folder = checkpoint_folder(
        fn_args.custom_config[CHECKPOINTS],
        options,
        inputs=[*data.train_files, *data.validation_files, fn_args.transform_graph_path],
    )
    own = folder if placement.is_chief else f"{folder}/{placement.worker}"
    logs = fn_args.model_run_dir if placement.is_chief else None
    history = fit(model, options, data, Checkpoints(folder, own), log_folder=logs)
    if placement.is_chief:
        facts = {
            "parameters": model.count_params(),
            "precision": precision,
            "strategy": placement.why,
            "hyperparameters": (fn_args.hyperparameters or {}).get("values", {}),
            "watched": options.watched,
            "metrics": [
                {"name": metric.name, "title": metric.title, "better": metric.better}
                for metric in (TOTAL_LOSS, *training_of(options.task).METRICS)
            ],
            "steps_per_epoch": options.steps_per_epoch,
            "epochs": history.columns(),
            "steps": history.steps.columns(),
        }
        tf.io.gfile.makedirs(fn_args.model_run_dir)
        with tf.io.gfile.GFile(f"{fn_args.model_run_dir}/{HISTORY}", "w") as file:
            json.dump(facts, file, indent=1)
        _export(model, options, data.transform, fn_args.serving_model_dir)
    placement.meet()  # TFX takes it for a failure if a worker ends and there is no model
    if placement.is_chief:
        remove_checkpoints(folder)


def _export(
    model: keras.Model, options: TrainerOptions, transform: tft.TFTransformOutput, folder: str
) -> None:
    """Exports in float32, whatever it was trained in: a server need not be of the same kind."""
    with computing_in("float32"):
        exported = build_network(options.task, options.model, transform)
    exported.set_weights(model.get_weights())
    height, width, channels = model.input.shape[1:]
    facts = {
        "kind": options.model.kind,
        "parameters": model.count_params(),
        "canvas": {"height": height, "width": width, "channels": channels},
    }
    export_model(exported, transform, folder, task=options.task, facts=facts)
