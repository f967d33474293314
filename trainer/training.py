"""Compiles and fits a network: from the options and the data to its trained weights."""

import functools
from collections.abc import Iterator
from typing import NamedTuple

import keras
import tensorflow_transform as tft

from trainer.checkpoints import SaveCheckpoints
from trainer.early_stopping import EarlyStopping
from trainer.history import History, KeepHistory
from trainer.input import Batches
from trainer.keras_patches import build_from_shapes, give_logs_an_axis
from trainer.non_finite import StopOnNonFinite
from trainer.optimizer import build_optimizer
from trainer.options import TrainerOptions
from trainer.precision import compiles_under_xla
from trainer.progress import ReportProgress
from trainer.step_callback import UnreadLogs
from trainer.step_record import RecordSteps
from trainer.tensorboard_log import log_to_tensorboard
from vocabulary.task.find import task_part
from vocabulary.task.options import TaskBase
from vocabulary.task.training import Training


class Data(NamedTuple):
    """File patterns of examples, and the transform graph that they go through."""

    train_files: list[str]
    validation_files: list[str]
    transform: tft.TFTransformOutput


class Checkpoints(NamedTuple):
    """Where checkpoints are: all workers read those in `folder`, which the chief writes."""

    folder: str
    own_folder: str


def training_of(task: TaskBase) -> Training:
    """How networks of a task are trained."""
    training: Training = task_part(task.kind, "training")
    return training


def compile_model(model: keras.Model, options: TrainerOptions) -> None:
    """Gives the model its optimiser, losses and metrics; in the scope that it was built in."""
    training, task = options.training, training_of(options.task)
    optimizer = build_optimizer(training, steps=options.steps_per_epoch * training.epochs)
    optimizer.build(model.trainable_variables)
    model.compile(
        optimizer,
        loss=task.build_losses(options.task, model.output_names),
        loss_weights=task.build_weights(options.task, model.output_names),
        metrics=task.build_metrics(),
        jit_compile=compiles_under_xla(),
    )


def fit(
    model: keras.Model,
    options: TrainerOptions,
    data: Data,
    checkpoints: Checkpoints,
    *,
    log_folder: str | None = None,
) -> History:
    """Trains a compiled model, from its newest checkpoint on if there is one.

    TensorBoard's logs go to `log_folder`, if there is one and it is installed.
    Raises UserError if the loss becomes infinite or NaN.
    """
    training, steps = options.training, options.steps_per_epoch
    task = training_of(options.task)
    history = History()
    guard = StopOnNonFinite(steps_per_epoch=steps)
    saver = SaveCheckpoints(
        model,
        checkpoints.own_folder,
        every=training.checkpoint_every,
        history=history,
        check=guard.check,
    )
    stopping = EarlyStopping(history, checkpoints.own_folder, patience=training.patience)
    logs = log_to_tensorboard(history, log_folder) if log_folder else []
    callbacks = [
        guard,
        ReportProgress(task.METRICS, epochs=training.epochs, steps_per_epoch=steps),
        RecordSteps(history.steps, epochs=training.epochs, steps_per_epoch=steps),
        KeepHistory(history, batch_size=training.batch_size),
        *logs,
        stopping,
        saver,
    ]
    train, validation = _batches(model, options, data)
    build_from_shapes(model, validation.in_order())
    give_logs_an_axis(model)
    done = saver.restore(checkpoints.folder)
    for log in logs:
        log.write()
    for start, stop in _spans(done, steps, training.epochs):
        if stopping.is_over():
            break
        model.fit(
            train.shuffled(
                start=start,
                stop=stop,
                seed=options.seed,
                augmentation=task.build_augmentation(options.task),
            ),
            initial_epoch=start // steps,
            epochs=-(-stop // steps),
            steps_per_epoch=min(steps, stop - start),
            validation_data=validation.in_order(),
            callbacks=UnreadLogs(callbacks, add_history=True, model=model),
            shuffle=False,  # the input does, and Keras warns that it cannot
            verbose=0,
        )
    if checkpoints.own_folder == checkpoints.folder:
        stopping.restore(model)  # another worker may have been killed before it kept the best
    return history


def _batches(model: keras.Model, options: TrainerOptions, data: Data) -> tuple[Batches, Batches]:
    """Those to train on and those to watch."""
    targets = {name: training_of(options.task).TARGETS[name] for name in model.output_names}
    size = options.training.batch_size
    batches = functools.partial(Batches, transform=data.transform, targets=targets)
    count = options.validation_size
    return (
        batches(data.train_files, batch_size=size, steps=options.steps_per_epoch),
        batches(data.validation_files, batch_size=min(size, count), steps=max(1, count // size)),
    )


def _spans(start: int, steps: int, epochs: int) -> Iterator[tuple[int, int]]:
    """What is left to train as ranges of steps: the rest of an epoch, and whole epochs."""
    whole = -(-start // steps) * steps
    if start < whole:
        yield start, whole
    if whole < epochs * steps:
        yield whole, epochs * steps
