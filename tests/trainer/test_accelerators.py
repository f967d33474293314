"""Accelerators that were asked for, on a machine that has none, or some."""

import pytest
import tensorflow as tf

from trainer.accelerators import WITHOUT_ACCELERATORS, require_accelerators
from vocabulary.errors import UserError


@pytest.fixture(autouse=True)
def no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TPU_NAME", raising=False)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])


@pytest.mark.parametrize(
    ("kind", "count", "name"), [("gpu", 1, "1 GPU"), ("gpu", 4, "4 GPUs"), ("tpu", 8, "8 TPUs")]
)
def test_accelerator_that_is_not_seen_ends_the_step(kind: str, count: int, name: str) -> None:
    with pytest.raises(UserError) as caught:
        require_accelerators(kind, count)
    assert str(caught.value) == (
        f"this step asked for {name} and TensorFlow sees none; use an image that was built with "
        f"LOCK=requirements-{kind}.lock, on a node with the {kind.upper()}'s driver"
    )


def test_fewer_than_were_asked_for_are_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["a", "b"])
    require_accelerators("gpu", 2)
    with pytest.raises(UserError, match="asked for 4 GPUs and TensorFlow sees 2;"):
        require_accelerators("gpu", 4)


def test_tpu_by_its_name_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPU_NAME", "tpu")
    require_accelerators("tpu", 8)


def test_name_of_this_machine_is_no_tpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TPU_NAME", "local")  # as Google's documents set it
    with pytest.raises(UserError, match="asked for 1 TPU and TensorFlow sees none"):
        require_accelerators("tpu", 1)


def test_where_a_command_runs_on_what_there_is_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(WITHOUT_ACCELERATORS, "1")
    require_accelerators("gpu", 1)
