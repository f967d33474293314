"""Keras' list of callbacks, without waiting for the device in every step."""

from typing import Any

import keras


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
