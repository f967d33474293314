"""The learning rate by step."""

import pytest

from trainer.optimizer import build_optimizer, build_schedule


def test_cosine_warms_up_peaks_and_ends_at_0(configure) -> None:
    training = configure("training.learning_rate=0.01", "training.warmup=0.1").training
    schedule = build_schedule(training, steps=100)
    assert float(schedule(0)) == pytest.approx(0)
    assert float(schedule(5)) == pytest.approx(0.005)
    assert float(schedule(10)) == pytest.approx(0.01)
    assert float(schedule(55)) == pytest.approx(0.005, rel=1e-3)
    assert float(schedule(100)) == pytest.approx(0, abs=1e-6)


def test_cosine_without_warmup_starts_at_the_top(configure) -> None:
    training = configure("training.learning_rate=0.01", "training.warmup=0").training
    assert float(build_schedule(training, steps=10)(0)) == pytest.approx(0.01)


def test_a_constant_rate_stays(configure) -> None:
    training = configure("training.schedule=constant", "training.learning_rate=0.5").training
    assert build_schedule(training, steps=10) == 0.5


@pytest.mark.parametrize(("name", "class_name"), [("adam", "Adam"), ("adamw", "AdamW")])
def test_the_optimizer_is_the_one_named(configure, name: str, class_name: str) -> None:
    training = configure(f"training.optimizer={name}").training
    assert type(build_optimizer(training, steps=10)).__name__ == class_name
