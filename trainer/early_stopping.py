"""Early stopping with the best weights restored; it outlives a kill, as Keras' own does not."""

import math
from typing import Any

import keras
import tensorflow as tf

from trainer.history import History

MONITORED = "val_loss"


class EarlyStopping(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the lowest validation loss; stops some epochs after it.

    Which epoch is best is read from the history; its weights lie beside the checkpoints.
    """

    def __init__(self, history: History, folder: str, *, patience: int | None):
        """Stops after `patience` epochs without a better one; None: never, and keeps no weights."""
        super().__init__()
        self._history, self._patience = history, patience
        self._folder, self._path = folder, f"{folder}/best.weights.h5"

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keeps the weights if this epoch is the best; stops if patience is used up."""
        if self._patience is not None and self._since_best() == 0:
            tf.io.gfile.makedirs(self._folder)
            # Beside, then renamed: a kill must not leave half of them in place of the best before.
            new = f"{self._folder}/new.weights.h5"
            self.model.save_weights(new)
            tf.io.gfile.rename(new, self._path, overwrite=True)
        self.model.stop_training = self.is_over()

    def is_over(self) -> bool:
        """Whether it is time to stop."""
        return self._patience is not None and self._since_best() >= self._patience

    def restore(self, model: keras.Model) -> None:
        """Loads the best weights into the model.

        It need not have been fitted in this process: a training that was killed may have no epoch
        left to train.
        """
        if self._patience is not None:
            model.load_weights(self._path)

    def _since_best(self) -> int:
        """Epochs since the best one."""
        values = [row[MONITORED] for row in self._history.rows]
        values = [math.inf if math.isnan(value) else value for value in values]
        return len(values) - 1 - values.index(min(values)) if values else 0
