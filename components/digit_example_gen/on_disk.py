"""Copies of files that are elsewhere, for readers that know this machine's files alone."""

import functools
import os
import tempfile

import tensorflow as tf


@functools.cache
def _copies() -> tempfile.TemporaryDirectory[str]:
    """Where they are, until the process ends."""
    return tempfile.TemporaryDirectory()


def is_remote(path: str) -> bool:
    """Whether a path is an address, of which TensorFlow's file systems may know the scheme."""
    return "://" in path


@functools.cache
def on_disk(path: str) -> str:
    """A path on this machine, with the same suffix, of a file that may be remote."""
    if not is_remote(path):
        return path
    # A folder of its own: threads of Beam, and a try after one that failed, do not meet.
    copy = os.path.join(tempfile.mkdtemp(dir=_copies().name), os.path.basename(path))
    tf.io.gfile.copy(path, copy)
    return copy
