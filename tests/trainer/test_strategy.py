"""Where training runs: what is chosen, what is refused, and that it trains the same everywhere."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import URLError

import keras
import numpy as np
import pytest
import tensorflow as tf

import tasks.localization.layers  # noqa: F401  (registers them)
from tests.trainer.training_process import Job, Training, free_ports
from trainer import strategy
from trainer.options import TrainingOptions
from trainer.strategy import Placement, choose_strategy
from vocabulary.errors import UserError

CLUSTER = {"worker": ["localhost:1", "localhost:2"]}


class Stub:
    """Stands in for a strategy."""

    def __init__(self, *arguments: Any, replicas: int = 2, resolver: Any = None):
        self.arguments = arguments
        self.num_replicas_in_sync = replicas
        self.cluster_resolver = resolver


@pytest.fixture
def training(configure) -> Callable[[str], TrainingOptions]:
    def build(name: str = "auto", batch_size: int = 64) -> TrainingOptions:
        settings = (f"training.strategy={name}", f"training.batch_size={batch_size}")
        return configure(*settings).training

    return build


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that says nothing of TPUs and clusters, and strategies that do nothing."""
    monkeypatch.delenv("TPU_NAME", raising=False)
    monkeypatch.delenv("TF_CONFIG", raising=False)
    for name in ("MultiWorkerMirroredStrategy", "MirroredStrategy"):
        monkeypatch.setattr(tf.distribute, name, Stub)


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes TensorFlow see so many devices."""

    def see(**counts: int) -> None:
        def listed(kind: str | None = None) -> list[Any]:
            return [SimpleNamespace(name=f"/{kind}:{n}") for n in range(counts.get(str(kind), 0))]

        monkeypatch.setattr(tf.config, "list_physical_devices", listed)
        monkeypatch.setattr(tf.config, "list_logical_devices", listed)

    return see


def test_one_device_is_what_is_left(training) -> None:
    placement = choose_strategy(training())
    assert placement.strategy is tf.distribute.get_strategy()
    assert placement.why == "one_device, 1 replica: there is one device"
    assert placement.is_chief


def test_several_gpus_are_mirrored(training, devices) -> None:
    devices(CPU=1, GPU=2)
    placement = choose_strategy(training())
    assert placement.strategy.arguments == (["/GPU:0", "/GPU:1"],)
    assert placement.why == "mirrored, 2 replicas: there are several devices"


def test_several_workers_go_before_several_gpus(training, devices, monkeypatch) -> None:
    devices(CPU=1, GPU=2)
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": CLUSTER}))
    placement = choose_strategy(training())
    assert placement.why == "multi_worker, 2 replicas: TF_CONFIG names several workers"


@pytest.mark.parametrize("cluster", [{}, {"cluster": {"worker": ["localhost:1"]}}])
def test_a_cluster_of_one_is_none(training, monkeypatch, cluster: dict[str, Any]) -> None:
    monkeypatch.setenv("TF_CONFIG", json.dumps(cluster))
    assert choose_strategy(training()).why.startswith("one_device")


def test_the_config_overrules_what_there_is(training, devices) -> None:
    devices(CPU=1, GPU=2)
    placement = choose_strategy(training("one_device"))
    assert placement.strategy is tf.distribute.get_strategy()
    assert placement.why == "one_device, 1 replica: training.strategy asks for it"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("tpu", "is tpu, but there is no TPU here and TPU_NAME names none; set it to auto"),
        ("multi_worker", "but TF_CONFIG names no cluster of several workers; set it to auto"),
        ("mirrored", "is mirrored, but there is only one device; set it to auto"),
    ],
)
def test_what_is_not_there_is_refused(training, name: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        choose_strategy(training(name))


def test_a_batch_that_replicas_cannot_divide_is_refused(training, devices) -> None:
    devices(CPU=1, GPU=2)
    with pytest.raises(
        UserError,
        match=r"batch_size is 63, which 2 replicas of mirrored .* make it a multiple of 2",
    ):
        choose_strategy(training(batch_size=63))


@pytest.mark.parametrize(("name", "connects"), [("local", False), ("grpc://10.0.0.2:8470", True)])
def test_a_tpu_goes_before_all(
    training, devices, monkeypatch: pytest.MonkeyPatch, name: str, connects: bool
) -> None:
    devices(CPU=1, GPU=2, TPU=8 if name == "local" else 0)
    if connects:
        monkeypatch.setenv("TPU_NAME", name)
    calls: list[tuple[str, Any]] = []

    class Resolver:
        def __init__(self, tpu: str):
            calls.append(("resolve", tpu))

    def note(what: str) -> Callable[[Resolver], None]:
        return lambda resolver: calls.append((what, type(resolver)))

    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", Resolver)
    monkeypatch.setattr(tf.config, "experimental_connect_to_cluster", note("connect"))
    monkeypatch.setattr(tf.tpu.experimental, "initialize_tpu_system", note("initialize"))
    monkeypatch.setattr(tf.distribute, "TPUStrategy", lambda resolver: Stub(resolver, replicas=8))
    placement = choose_strategy(training())
    assert placement.why == "tpu, 8 replicas: there is a TPU"
    assert calls == [
        ("resolve", name),
        *([("connect", Resolver)] if connects else []),
        ("initialize", Resolver),
    ]


def test_a_tpu_that_is_not_found_by_its_name_is_a_sentence(training, monkeypatch) -> None:
    def look_up(tpu: str) -> None:
        raise URLError("no answer")  # as Google's client does

    monkeypatch.setenv("TPU_NAME", "lost")
    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", look_up)
    with pytest.raises(UserError, match=r"^TPU_NAME is lost, a TPU that is not found: .*answer"):
        choose_strategy(training())


def cluster_of(task_type: str, task_id: int, **jobs: list[str]) -> Placement:
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec(jobs), task_type=task_type, task_id=task_id
    )
    return Placement(Stub(resolver=resolver), "")


def test_one_worker_alone_is_the_chief() -> None:
    two = ["localhost:1", "localhost:2"]
    assert cluster_of("worker", 0, worker=two).is_chief
    assert not cluster_of("worker", 1, worker=two).is_chief
    assert not cluster_of("worker", 0, chief=two[:1], worker=two[1:]).is_chief
    assert cluster_of("chief", 0, chief=two[:1], worker=two[1:]).is_chief
    assert cluster_of("worker", 1, worker=two).worker == "worker-1"


def weights(job: Job) -> list[np.ndarray]:
    return keras.models.load_model(job.network, compile=False).get_weights()


def assert_trained_alike(job: Job, plain: Job) -> None:
    """`edge` only nearly: batch normalisation and dropout are those of each half of a batch."""
    assert job.history()["strategy"].partition(":")[0].endswith(", 2 replicas")
    is_lab = kind_of(job) == "lab"
    if is_lab:
        for mine, theirs in zip(weights(job), weights(plain), strict=True):
            np.testing.assert_allclose(mine, theirs, atol=2e-4)
    tolerance = 1e-3 if is_lab else 0.03
    mine, theirs = (j.history()["epochs"] for j in (job, plain))
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(mine[name], theirs[name], rtol=tolerance)
    for name in ("val_logits_accuracy", "val_box_iou"):
        np.testing.assert_allclose(mine[name], theirs[name], atol=1e-3 if is_lab else 0.1)


@pytest.mark.slow
def test_two_devices_train_what_one_does(
    plain: Job, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    job = new_job(f"model.kind={kind_of(plain)}", root=tmp_path)
    said = Training(job, cpus=2, log=tmp_path / "log").wait()
    assert "strategy: mirrored, 2 replicas: there are several devices" in said
    assert_trained_alike(job, plain)


@pytest.mark.slow
def test_two_workers_train_what_one_does_and_the_chief_alone_writes(
    plain: Job, new_job: Callable[..., Job], tmp_path: Path
) -> None:
    cluster = {"worker": [f"localhost:{port}" for port in free_ports(2)]}
    # The last epoch is the best, whose weights the chief alone takes back.
    settings = (f"model.kind={kind_of(plain)}", "training.patience=2")
    jobs = [new_job(*settings, root=tmp_path, name=f"worker-{n}") for n in (0, 1)]
    processes = [
        Training(
            job,
            environment={
                "TF_CONFIG": json.dumps(
                    {"cluster": cluster, "task": {"type": "worker", "index": index}}
                )
            },
            log=tmp_path / f"log-{index}",
        )
        for index, job in enumerate(jobs)
    ]
    try:
        said = [process.wait() for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert "strategy: multi_worker, 2 replicas: TF_CONFIG names several workers" in said[0]
    assert_trained_alike(jobs[0], plain)
    assert not jobs[1].history_file.exists()
    assert not jobs[1].model.exists()
    assert list(jobs[0].checkpoints.iterdir()) == []


def kind_of(job: Job) -> str:
    return json.loads(job.options)["model"]["kind"]


def test_every_strategy_of_the_config_can_be_built() -> None:
    named = set(TrainingOptions.model_fields["strategy"].annotation.__args__) - {"auto"}
    assert named == set(strategy.KINDS)
