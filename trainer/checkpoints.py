"""Checkpoints: a training that was killed resumes from the last one.

A folder belongs to one training: its name is a digest of everything that decides what is trained.
It is removed once the model is exported.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from trainer.history import History
from trainer.optimizer import steps_done
from trainer.step_callback import StepCallback
from vocabulary.errors import UserError

KEPT = 2


def checkpoint_folder(root: str, *decisive: object, inputs: Sequence[str] = ()) -> str:
    """The folder under `root` of the training with these options and the paths of its `inputs`.

    Paths count relative to the folder that `root` is in: a workspace that was moved as a whole
    finds its checkpoints again.
    """
    paths = [path.removeprefix(root.rpartition("/")[0]) for path in inputs]
    digest = hashlib.sha256(repr((*decisive, paths)).encode()).hexdigest()
    return f"{root}/{digest[:16]}"


def remove_checkpoints(folder: str) -> None:
    """Removes the folder of a training that is done.

    The file that names the checkpoints goes first: a removal that is interrupted must not leave the
    names of checkpoints that cannot be read any more.
    """
    state = f"{folder}/checkpoint"
    if tf.io.gfile.exists(state):
        tf.io.gfile.remove(state)
    tf.io.gfile.rmtree(folder)


class SaveCheckpoints(StepCallback):
    """Saves all variables, optimiser and history, every so many steps and at the end of each epoch.

    TensorFlow's own checkpoints, rather than Keras' BackupAndRestore, which starts an interrupted
    epoch anew with the weights from its middle.
    """

    def __init__(
        self,
        model: keras.Model,
        folder: str,
        *,
        every: int,
        history: History,
        check: Callable[[], None],
    ):
        """Saves nothing yet.

        The model is compiled, its optimiser built. `check` is called before each checkpoint, and
        raises if this training must not go on from here.
        """
        super().__init__()
        # Of the model itself TensorFlow would leave out what dropout draws next.
        checkpoint = tf.train.Checkpoint(
            variables=model.variables, optimizer=model.optimizer, history=history
        )
        self._manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=KEPT)
        self._optimizer, self._every, self._check = model.optimizer, every, check

    def restore(self, folder: str | None = None) -> int:
        """Restores the newest checkpoint (of another folder), if any; returns the steps done.

        Where a full disk or a power cut has damaged it, the one before is restored.

        Raises UserError if there are some, and none can be read.
        """
        folder = folder or self._manager.directory
        state = tf.train.get_checkpoint_state(folder)
        paths = list(state.all_model_checkpoint_paths)[::-1] if state else []
        for path in paths:
            try:
                self._manager.checkpoint.restore(path).assert_existing_objects_matched()
            except (tf.errors.OpError, ValueError, IndexError, AssertionError) as error:
                logging.warning("the checkpoint %s cannot be read: %s", path, error)
                continue
            step = steps_done(self._optimizer)
            logging.info("goes on from the checkpoint of step %d", step)
            return step
        if paths:
            raise UserError(
                f"none of the {len(paths)} checkpoints in {folder} can be read; remove the folder "
                f"to train from the start"
            )
        return 0

    def on_step_end(self, step: int, logs: dict[str, Any]) -> None:
        """Saves, if it is time."""
        if step % self._every == 0:
            self._save(step)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Saves."""
        self._save(steps_done(self._optimizer))

    def _save(self, step: int) -> None:
        self._check()
        self._manager.save(checkpoint_number=step)
