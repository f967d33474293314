"""Logs for TensorBoard, where it is installed: `pip install digit-localizer[tensorboard]`."""

import importlib.util
from typing import Any

import keras
import tensorflow as tf

from trainer.history import History


def log_to_tensorboard(history: History, folder: str) -> list["LogToTensorBoard"]:
    """The callback that writes event files into the folder; none without TensorBoard.

    TensorFlow's summaries are those of the package `tensorboard`, which it does not depend on.
    """
    if importlib.util.find_spec("tensorboard") is None:
        return []
    return [LogToTensorBoard(history, folder)]


class LogToTensorBoard(keras.callbacks.Callback):
    """Writes the history's rows by epoch; those of a training that it goes on with come first."""

    def __init__(self, history: History, folder: str):
        super().__init__()
        self._history, self._written = history, 0
        self._writer = tf.summary.create_file_writer(folder)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes the row of the epoch."""
        self.write()

    def write(self) -> None:
        """Writes what is new, which is all of it where no epoch is left to train."""
        new = self._history.rows[self._written :]
        with self._writer.as_default():
            for number, row in enumerate(new, start=self._written + 1):
                for name, value in row.items():
                    tf.summary.scalar(name, value, step=number)
        self._writer.flush()
        self._written += len(new)
