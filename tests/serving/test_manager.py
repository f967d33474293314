"""Versions that come, go, and are broken."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from serving.errors import ServingError
from serving.manager import ModelManager
from serving.metrics import Metrics
from serving.model import Model
from serving.options import ServerOptions
from tests.serving.known_model import picture
from vocabulary.versions import versions

Manage = Callable[..., ModelManager]


@pytest.fixture
def manage(base: Path) -> Iterator[Manage]:
    """A manager of the folder that looks only when it is told to."""
    started: list[ModelManager] = []

    def build(**options: object) -> ModelManager:
        patience = {"file_system_poll_wait_seconds": 3600.0, "num_versions": 1}
        manager = ModelManager(
            ServerOptions(model_base_path=base, **patience | options), Metrics("digits")
        )
        manager.start()
        started.append(manager)
        return manager

    yield build
    for manager in started:
        manager.stop()


def answering(manager: ModelManager, version: int | None = None) -> tuple[int, float]:
    """The version that answers, and what it says that it is."""
    with manager.use(version) as (used, model):
        inputs = {"image_bytes": np.array([picture(3)], dtype=object)}
        outputs = model.predict(model.signature(""), inputs)
    return used, round(1 / float(outputs["box"][0, 2]))


def test_a_new_version_takes_over(base: Path, saved: Path, manage: Manage) -> None:
    manager = manage()
    assert answering(manager) == (1, 1)
    shutil.copytree(saved / "2", base / "2")
    manager.refresh()
    assert answering(manager) == (2, 2)
    with pytest.raises(ServingError, match=r"Specific\(digits, 1\)"):
        answering(manager, 1)


def test_as_many_versions_are_served_as_asked_for(base: Path, saved: Path, manage: Manage) -> None:
    for version in ("2", "4"):
        shutil.copytree(saved / version, base / version)
    manager = manage(num_versions=2)
    assert manager.serving == [4, 2]
    assert answering(manager, 2) == (2, 2)


def test_a_half_copied_version_is_waited_for(base: Path, saved: Path, manage: Manage) -> None:
    manager = manage()
    shutil.copytree(saved / "2" / "variables", base / "2" / "variables")
    manager.refresh()
    assert answering(manager) == (1, 1)
    assert len(manager.statuses()) == 1
    shutil.copy(saved / "2" / "saved_model.pb", base / "2")
    manager.refresh()
    assert answering(manager) == (2, 2)


def test_a_corrupt_version_leaves_the_old_one_and_says_why(
    base: Path, saved: Path, manage: Manage
) -> None:
    manager = manage()
    (base / "2").mkdir()
    (base / "2" / "saved_model.pb").write_bytes(b"nonsense")
    manager.refresh()
    assert answering(manager) == (1, 1)
    [status] = manager.statuses(2)
    assert status.state == "END"
    assert "saved_model.pb" in status.reason
    shutil.copytree(saved / "2", base / "2", dirs_exist_ok=True)
    manager.refresh()
    assert answering(manager) == (2, 2)


def test_a_version_without_its_weights_is_tried_again_when_they_come(
    base: Path, saved: Path, manage: Manage
) -> None:
    manager = manage()
    shutil.copytree(saved / "2", base / "2", ignore=shutil.ignore_patterns("variables*"))
    manager.refresh()
    assert answering(manager) == (1, 1)
    assert manager.statuses(2)[0].state == "END"
    shutil.copytree(saved / "2" / "variables", base / "2" / "variables", dirs_exist_ok=True)
    manager.refresh()
    assert answering(manager) == (2, 2)


def test_a_removed_version_is_unloaded(base: Path, manage: Manage) -> None:
    manager = manage()
    shutil.rmtree(base / "1")
    manager.refresh()
    assert manager.serving == []
    with pytest.raises(ServingError) as caught:
        answering(manager)
    assert caught.value.code == grpc.StatusCode.NOT_FOUND


def test_an_unloaded_version_has_ended(base: Path, saved: Path, manage: Manage) -> None:
    manager = manage()
    shutil.copytree(saved / "2", base / "2")
    manager.refresh()
    states = {status.version: (status.state, status.reason) for status in manager.statuses()}
    assert states == {2: ("AVAILABLE", ""), 1: ("END", "")}
    shutil.rmtree(base / "2")
    manager.refresh()
    states = {status.version: (status.state, status.reason) for status in manager.statuses()}
    assert states == {2: ("END", ""), 1: ("AVAILABLE", "")}


def test_a_folder_that_is_missing_is_not_an_empty_one(base: Path, manage: Manage) -> None:
    manager = manage()
    base.rename(base.with_name("unmounted"))
    with pytest.raises(FileNotFoundError):
        manager.refresh()
    assert answering(manager) == (1, 1)
    base.with_name("unmounted").rename(base)
    manager.refresh()
    assert answering(manager) == (1, 1)


def test_a_folder_that_goes_while_it_is_listed_is_missing(
    base: Path, manage: Manage, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = manage()

    def unmounted(destination: str) -> list[int]:
        base.rename(base.with_name("unmounted"))
        return versions(destination)

    monkeypatch.setattr("serving.manager.versions", unmounted)
    with pytest.raises(FileNotFoundError):
        manager.refresh()
    assert answering(manager) == (1, 1)


def test_a_missing_folder_is_watched_for_and_logged_once(
    base: Path, saved: Path, manage: Manage, caplog: pytest.LogCaptureFixture
) -> None:
    manager = manage(file_system_poll_wait_seconds=0.01)
    base.rename(base.with_name("unmounted"))
    waited_for(lambda: "is missing" in caplog.text)
    shutil.copytree(saved / "2", base.with_name("unmounted") / "2")
    base.with_name("unmounted").rename(base)
    waited_for(lambda: manager.serving == [2])
    assert caplog.text.count("is missing") == 1


def waited_for(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("it has not come in 30 s")


def test_a_deleted_version_goes_before_another_is_loaded(
    base: Path, saved: Path, manage: Manage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("2", "4"):
        shutil.copytree(saved / version, base / version)
    manager = manage(num_versions=2)
    answered: list[int] = []

    def load(folder: Path, **options: int) -> Model:
        answered.append(answering(manager)[0])
        return Model(folder, **options)

    monkeypatch.setattr("serving.manager.Model", load)
    shutil.rmtree(base / "4")
    manager.refresh()
    assert answered == [2]
    assert manager.serving == [2, 1]


def test_the_last_version_that_answers_stays_until_another_does(
    base: Path, saved: Path, manage: Manage, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(saved / "2", base / "2")
    manager = manage(num_versions=1)
    answered: list[int] = []

    def load(folder: Path, **options: int) -> Model:
        answered.append(answering(manager)[0])
        return Model(folder, **options)

    monkeypatch.setattr("serving.manager.Model", load)
    shutil.rmtree(base / "2")
    manager.refresh()
    assert answered == [2]
    assert manager.serving == [1]


def test_a_version_in_use_answers_to_the_end(base: Path, manage: Manage) -> None:
    manager = manage()
    with manager.use(1) as (_, model):
        shutil.rmtree(base / "1")
        manager.refresh()
        inputs = {"image_bytes": np.array([picture(7)], dtype=object)}
        assert model.predict(model.signature(""), inputs)["digit"].tolist() == [7]
    assert not model.signatures


def write_warmup(folder: Path, picture: bytes) -> None:
    request = predict_pb2.PredictRequest()
    request.inputs["image_bytes"].CopyFrom(tf.make_tensor_proto([picture]))
    log = prediction_log_pb2.PredictionLog(
        predict_log=prediction_log_pb2.PredictLog(request=request)
    )
    (folder / "assets.extra").mkdir()
    with tf.io.TFRecordWriter(str(folder / "assets.extra/tf_serving_warmup_requests")) as writer:
        writer.write(log.SerializeToString())


def test_a_version_that_fails_its_warmup_does_not_serve(base: Path, manage: Manage) -> None:
    write_warmup(base / "1", b"no picture")
    assert manage().serving == []
    assert manage(enable_model_warmup=False).serving == [1]


def test_warmup_requests_are_replayed(
    base: Path, manage: Manage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    write_warmup(base / "1", picture(1))
    assert manage().serving == [1]
    assert "replayed 1 warm-up requests" in caplog.text
