"""Copies of remote files: each whole, whoever asks at the same time, and however often."""

from pathlib import Path

import pytest
import tensorflow as tf

from components.digit_example_gen.on_disk import on_disk


def test_a_file_of_this_machine_stays_where_it_is() -> None:
    assert on_disk("/a/train.mat") == "/a/train.mat"


def test_a_copy_that_failed_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "gs://bucket/try-again/train.mat"

    def fail(source: str, target: str) -> None:
        raise tf.errors.UnavailableError(None, None, "no network")

    monkeypatch.setattr(tf.io.gfile, "copy", fail)
    with pytest.raises(tf.errors.UnavailableError):
        on_disk(address)

    def succeed(source: str, target: str) -> None:
        Path(target).write_text(source)

    monkeypatch.setattr(tf.io.gfile, "copy", succeed)
    copy = Path(on_disk(address))
    assert (copy.name, copy.read_text()) == ("train.mat", address)
    assert on_disk(address) == str(copy)
