"""A pushed version in this process, asked as a server is: without one.

with open_model(Path("workspace/serving/digits")) as model:
    [prediction] = model.predict([Path("seven.jpg").read_bytes()], invert="auto")
"""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from serving.errors import ServingError
from serving.model import Model
from serving.reading import Reader, RefusedError, as_rows
from vocabulary.card import read_card, task_of
from vocabulary.errors import UserError
from vocabulary.signatures import IMAGE_BYTES
from vocabulary.task.options import TaskBase
from vocabulary.versions import version_folder


def open_model(folder: Path) -> "contextlib.closing[LocalModel]":
    """The model as `load_model` gives it, which is closed at the end of the context."""
    return contextlib.closing(load_model(folder))


def load_model(folder: Path) -> "LocalModel":
    """The model of a version's folder, or of the newest version in a folder.

    Raises UserError if there is none, or it cannot be loaded.
    """
    path = version_folder(folder)
    try:
        return LocalModel(Model(path), task=task_of(path), card=read_card(path))
    except Exception as error:  # TensorFlow raises nearly anything for a broken SavedModel
        raise UserError(f"{path} cannot be loaded: {str(error).splitlines()[0]}") from error


class LocalModel(Reader):
    """Reads pictures in this process."""

    def __init__(self, model: Model, *, task: TaskBase, card: Mapping[str, Any]):
        super().__init__(task)
        self._model = model
        self._card = card

    def card(self, version: int | None = None) -> Mapping[str, Any]:
        """What lies beside the model."""
        return self._card

    def _ask(self, pictures: Sequence[bytes], version: int | None) -> list[dict[str, Any]]:
        if version is not None:
            raise RefusedError("this is one version of the model; ask for none")
        signature = self._model.signature("")
        try:
            inputs = {IMAGE_BYTES: np.array(pictures, dtype=object)}
            return as_rows(self._model.predict(signature, inputs))
        except ServingError as error:
            raise RefusedError(f"the model refuses: {error.message}") from error

    def close(self) -> None:
        """Frees the model."""
        self._model.unload()
