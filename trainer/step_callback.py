"""Callbacks that act on some steps of a training, without waiting for the device in every step."""

from typing import Any

import keras

from trainer.optimizer import steps_done


class StepCallback(keras.callbacks.Callback):
    """Calls `on_step_end` with the number of the step, counted over all epochs.

    The optimiser's own count lies on the device: reading it in each step, or a loss, would make the
    host wait for the device before it prepares the next step. It is read as an epoch begins.

    Attributes:
        epoch: the number of the epoch, from 0.
        before: the steps before it began, or before this training went on in its middle.
    """

    epoch = before = 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes where it begins."""
        self.epoch, self.before = epoch, steps_done(self.model.optimizer)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Counts the step; Keras counts from where it began, which may be in mid-epoch."""
        self.on_step_end(self.before + batch + 1, logs or {})

    def on_step_end(self, step: int, logs: dict[str, Any]) -> None:
        """Is called after each step, with its number from 1.

        `logs` are Keras' means of losses and metrics since the epoch began; they lie on the device
        until they are read.
        """
        raise NotImplementedError


class UnreadLogs(keras.callbacks.CallbackList):
    """Hands callbacks the logs of a step as tensors, which lie on the device until they are read.

    Keras' own list turns each of them into a number first (`pythonify_logs`), in every step: the
    host waits until the device has done the step, and the device until the host has prepared the
    next one.
    """

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Calls all callbacks."""
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs=logs)
