"""Warm start: the champion's weights, where they fit."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.trainer.training_process import Job, train
from trainer.network import find_network
from trainer.warm_start import start_warm
from vocabulary.errors import UserError

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("plain", ["lab"], indirect=True)]


def network(kind: str, size: int = 75) -> keras.Model:
    return find_network("localization", kind).build(size, size, 1)


def test_it_starts_with_the_champions_weights(plain: Job) -> None:
    model = network("lab")
    assert (
        start_warm(model, str(plain.model), task="localization") == "started warm from the champion"
    )
    champion = keras.models.load_model(plain.network, compile=False)
    for mine, theirs in zip(model.get_weights(), champion.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize(
    ("kind", "size", "described"),
    [
        ("edge", 75, "edge with 456,562 parameters on 75x75x1"),
        ("lab", 60, "lab with .* on 60x60x1"),
    ],
)
def test_a_champion_of_another_architecture_is_refused(
    plain: Job, kind: str, size: int, described: str
) -> None:
    model = network(kind, size)
    before = model.get_weights()
    sentence = (
        rf"training\.warm_start: the champion is lab with 426,638 parameters on 75x75x1, "
        rf"this config trains {described}; set training\.warm_start to false"
    )
    with pytest.raises(UserError, match=sentence):
        start_warm(model, str(plain.model), task="localization")
    assert all(map(np.array_equal, before, model.get_weights()))


def test_a_champion_of_somebody_elses_is_refused(plain: Job, tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(UserError, match=r"the champion has no assets\.extra/model\.keras"):
        start_warm(network("lab"), str(tmp_path), task="localization")


def test_where_nothing_serves_it_starts_from_scratch(plain: Job, tmp_path: Path) -> None:
    model = network("lab")
    before = model.get_weights()
    did = start_warm(model, str(tmp_path / "none"), task="localization")
    assert did == "there is no champion to start warm from"
    assert all(map(np.array_equal, before, model.get_weights()))


def test_the_trainer_goes_on_from_the_champion(plain: Job, new_job: Callable[..., Job]) -> None:
    job = train(
        new_job(
            "model.kind=lab",
            "training.warm_start=true",
            "training.epochs=1",
            "training.learning_rate=1.0e-9",
            champion=str(plain.model),
        )
    )
    before, after = (j.history()["epochs"]["val_loss"][-1] for j in (plain, job))
    assert after == pytest.approx(before, rel=1e-3)
