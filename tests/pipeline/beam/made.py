"""What a run on Beam has made, to be held against what another runner makes."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tensorflow as tf

from tests.pipeline.digits_process import PATIENCE_S, settings, start_digits


class Made(NamedTuple):
    """What a run has made."""

    examples: list[bytes]
    metrics: dict[str, float]


def run(folder: Path, *over: str, patience_s: float = PATIENCE_S) -> Made:
    """A run in a workspace in the folder."""
    command = ["run", "--json", "--workspace", str(folder / "workspace")]
    ended = start_digits(*command, *settings(*over), folder=folder).wait(patience_s)
    assert ended.code == 0, ended.stderr
    return made_in(folder, json.loads(ended.stdout))


def made_in(folder: Path, summary: dict[str, Any]) -> Made:
    assert summary["pushed_version"]
    return Made(examples_in(folder), summary["metrics"])


def examples_in(folder: Path) -> list[bytes]:
    """The bytes of all examples, in an order of their own."""
    files = folder.glob("workspace/artifacts/DigitExampleGen/examples/*/Split-*/data_tfrecord-*")
    records = tf.data.TFRecordDataset(sorted(map(str, files)), "GZIP")
    return sorted(records.as_numpy_iterator())


def assert_same(made: Made, local: Made) -> None:
    assert len(local.examples) == 256 + 64
    assert made.examples == local.examples
    # Runners add up the mean of all pixels in an order of their own.
    assert made.metrics == pytest.approx(local.metrics, abs=1e-3)
