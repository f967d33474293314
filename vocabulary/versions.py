"""Versions: the numbered folders that TensorFlow Serving loads models from.

A folder that is there need not be whole: a copy may be under way or broken off, a disk may have
lost part of it. `versions` lists what a server tries to load, `damage` says what is wrong with it.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

from vocabulary.errors import UserError
from vocabulary.manifest import MANIFEST, difference
from vocabulary.model_files import SAVED_MODEL

HIGHEST: Final = 2**63 - 1
"""Servers read the number of a version as an int64."""
_VARIABLES = frozenset({"VarHandleOp", "VariableV2", "Variable", "AutoReloadVariable"})


def versions(destination: str) -> list[int]:
    """The versions under a destination (a folder, local or remote) with a model, oldest first.

    `saved_model.pb` is copied last, so a version without it is half-copied.
    """
    numbers = sorted(map(int, _numbered(destination)))
    return [n for n in numbers if tf.io.gfile.exists(f"{destination}/{n}/{SAVED_MODEL}")]


def whole_versions(destination: str) -> Iterator[int]:
    """Those of the versions that are not damaged, newest first; the first is what serves."""
    return (n for n in versions(destination)[::-1] if not damage(f"{destination}/{n}"))


def version_folder(folder: Path) -> Path:
    """The model's own folder: this one, or the newest version in it.

    Raises UserError if there is no model.
    """
    if (folder / SAVED_MODEL).is_file():
        return folder
    pushed = next(whole_versions(str(folder)), None)
    if pushed is None:
        raise UserError(
            f"{folder} holds no model; push one with `digits run`, or name another folder"
        )
    return folder / str(pushed)


def damaged(destination: str) -> dict[str, str]:
    """What a server would take for a version and cannot load: why, by its name."""
    reasons = {name: damage(f"{destination}/{name}") for name in _numbered(destination)}
    return {name: reason for name, reason in reasons.items() if reason}


def damage(folder: str) -> str:
    """Why a version cannot be loaded, as in `saved_model.pb has 5 of 200 bytes`; empty if it can.

    A version without a manifest was put there by others: its graph must be one, and its weights
    must be readable if it has any.
    """
    if not tf.io.gfile.exists(f"{folder}/{SAVED_MODEL}"):
        return f"{SAVED_MODEL} is missing"
    if tf.io.gfile.exists(f"{folder}/{MANIFEST}"):
        with tf.io.gfile.GFile(f"{folder}/{MANIFEST}", "rb") as file:
            text = file.read().decode(errors="replace")
        return difference(text, lambda path: _size(f"{folder}/{path}"))
    graphs = read_graphs(folder)
    if not graphs:
        return f"{SAVED_MODEL} cannot be read"
    if not tf.io.gfile.isdir(f"{folder}/variables"):
        return "variables/ is missing" if any(map(_has_variables, graphs)) else ""
    return "" if _readable(f"{folder}/variables/variables") else "variables/ cannot be read"


def read_graphs(folder: str) -> list[meta_graph_pb2.MetaGraphDef]:
    """The graphs of a SavedModel; empty where there is none that can be read."""
    try:
        with tf.io.gfile.GFile(f"{folder}/{SAVED_MODEL}", "rb") as file:
            return list(saved_model_pb2.SavedModel.FromString(file.read()).meta_graphs)
    except (tf.errors.OpError, DecodeError):
        return []


def model_digest(folder: str) -> str:
    """SHA-256 of a SavedModel's graph and weights; the same for a model and a copy of it."""
    digest = hashlib.sha256()
    for path in sorted(_graph_and_weights(folder)):
        digest.update(path.encode())
        with tf.io.gfile.GFile(f"{folder}/{path}", "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def splits_of(folder: str) -> list[str]:
    """The splits that an artefact's folder holds, in `Split-NAME`; none if there is no folder."""
    if not tf.io.gfile.isdir(folder):
        return []
    names = (name.rstrip("/") for name in tf.io.gfile.listdir(folder))
    return sorted(name.removeprefix("Split-") for name in names if name.startswith("Split-"))


def _numbered(destination: str) -> list[str]:
    """The names under a destination that servers take for versions."""
    if not tf.io.gfile.isdir(destination):
        return []
    names = (name.rstrip("/") for name in tf.io.gfile.listdir(destination))
    numbers = (name for name in names if name.isascii() and name.isdecimal())
    return [name for name in numbers if int(name) <= HIGHEST]


def _graph_and_weights(folder: str) -> Iterator[str]:
    yield SAVED_MODEL
    weights = f"{folder}/variables"
    if tf.io.gfile.isdir(weights):  # a model without weights may have no such folder
        names = tf.io.gfile.listdir(weights)
        yield from (f"variables/{n}" for n in names if not tf.io.gfile.isdir(f"{weights}/{n}"))


def _size(path: str) -> int | None:
    try:
        return int(tf.io.gfile.stat(path).length)
    except tf.errors.NotFoundError:
        return None


def _has_variables(graph: meta_graph_pb2.MetaGraphDef) -> bool:
    functions = (function.node_def for function in graph.graph_def.library.function)
    nodes = (node for part in (graph.graph_def.node, *functions) for node in part)
    return any(node.op in _VARIABLES for node in nodes)


def _readable(prefix: str) -> bool:
    """Whether all weights can be read; TensorFlow checks each against its checksum."""
    try:
        reader = tf.train.load_checkpoint(prefix)
        for name in reader.get_variable_to_shape_map():
            reader.get_tensor(name)
    except (tf.errors.OpError, IndexError, RuntimeError, ValueError):  # as TensorFlow maps them
        return False
    return True
