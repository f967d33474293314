"""Versions: the numbered folders that TensorFlow Serving loads models from."""

import hashlib
from collections.abc import Iterator

import tensorflow as tf

SAVED_MODEL = "saved_model.pb"
STATISTICS = "assets.extra/statistics"
"""Where a version carries the statistics of its data, as StatisticsGen wrote them."""


def versions(destination: str) -> list[int]:
    """The complete versions under a destination (a folder, local or remote), oldest first.

    Pusher copies `saved_model.pb` last, so a version without it is half-copied.
    """
    if not tf.io.gfile.isdir(destination):
        return []
    names = (name.rstrip("/") for name in tf.io.gfile.listdir(destination))
    numbers = sorted(int(name) for name in names if name.isdecimal() and int(name) < 2**63)
    return [n for n in numbers if tf.io.gfile.exists(f"{destination}/{n}/{SAVED_MODEL}")]


def model_digest(folder: str) -> str:
    """SHA-256 of a SavedModel's graph and weights; the same for a model and a copy of it."""
    digest = hashlib.sha256()
    for path in sorted(_graph_and_weights(folder)):
        digest.update(path.encode())
        with tf.io.gfile.GFile(f"{folder}/{path}", "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def _graph_and_weights(folder: str) -> Iterator[str]:
    yield SAVED_MODEL
    for name in tf.io.gfile.listdir(f"{folder}/variables"):
        yield f"variables/{name}"


def splits_of(folder: str) -> list[str]:
    """The splits that an artefact's folder holds, in `Split-NAME`; none if there is no folder."""
    if not tf.io.gfile.isdir(folder):
        return []
    names = (name.rstrip("/") for name in tf.io.gfile.listdir(folder))
    return sorted(name.removeprefix("Split-") for name in names if name.startswith("Split-"))
