"""Checkpoints: a training that is killed goes on from the last one.

A folder belongs to one training: its name is a digest of all that decides what is trained. It is
removed once the model is exported.
"""

import hashlib
from typing import Any

import keras
import tensorflow as tf

from trainer.history import History

KEPT = 2


def checkpoint_folder(root: str, *decisive: object) -> str:
    """The folder under `root` of the training that these things decide."""
    return f"{root}/{hashlib.sha256(repr(decisive).encode()).hexdigest()[:16]}"


class SaveCheckpoints(keras.callbacks.Callback):
    """Saves weights, optimiser and history, every so many steps and at the end of each epoch.

    TensorFlow's own checkpoints, rather than Keras' BackupAndRestore, which starts the epoch that
    was broken off anew with the weights from its middle.
    """

    def __init__(self, model: keras.Model, folder: str, *, every: int, history: History):
        """Takes a compiled model whose optimiser is built; `every` counts steps."""
        super().__init__()
        checkpoint = tf.train.Checkpoint(model=model, optimizer=model.optimizer, history=history)
        self._manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=KEPT)
        self._optimizer, self._every = model.optimizer, every

    def restore(self, folder: str | None = None) -> int:
        """Restores the newest checkpoint (of another folder), if any; gives the steps done."""
        newest = tf.train.latest_checkpoint(folder) if folder else self._manager.latest_checkpoint
        if newest:
            self._manager.checkpoint.restore(newest).assert_existing_objects_matched()
        return int(self._optimizer.iterations)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Saves, if it is time."""
        step = int(self._optimizer.iterations)
        if step % self._every == 0:
            self._manager.save(checkpoint_number=step)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Saves."""
        self._manager.save(checkpoint_number=int(self._optimizer.iterations))
