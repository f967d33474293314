"""Where training runs: TPU, several workers, several GPUs, or one device.

The batch size of the config is the global one: each replica takes an equal part of it, and the
learning rate stays what it is. What is trained is then the same wherever it is trained.
"""

import json
import os
from collections.abc import Callable
from typing import Final, NamedTuple

import tensorflow as tf

from trainer.options import TrainingOptions
from vocabulary.errors import UserError


class Placement(NamedTuple):
    """A strategy, and why it was chosen."""

    strategy: tf.distribute.Strategy
    why: str

    @property
    def is_chief(self) -> bool:
        """Whether this process writes what training makes; other workers' files are thrown away."""
        cluster = self.strategy.cluster_resolver
        if cluster is None or not cluster.task_type:
            return True
        return cluster.task_type == "chief" or (
            cluster.task_type == "worker"
            and cluster.task_id == 0
            and "chief" not in cluster.cluster_spec().as_dict()
        )

    @property
    def worker(self) -> str:
        """The name of this process among several."""
        cluster = self.strategy.cluster_resolver
        return f"{cluster.task_type}-{cluster.task_id}" if cluster else "only"

    def meet(self) -> None:
        """Returns when all workers have come here."""
        if isinstance(self.strategy, tf.distribute.MultiWorkerMirroredStrategy):
            here = self.strategy.run(lambda: tf.constant(1.0))
            self.strategy.reduce(tf.distribute.ReduceOp.SUM, here, axis=None)


def choose_strategy(training: TrainingOptions) -> Placement:
    """The strategy that the config names, or with `auto` the largest that there is.

    Raises UserError if there is none of that name here, or the batch cannot be divided among its
    replicas.
    """
    name: str = training.strategy
    if name == "auto":
        name = next(known for known, kind in KINDS.items() if kind.is_there())
        why = KINDS[name].why
    else:
        why = "training.strategy asks for it"
        if not KINDS[name].is_there():
            raise UserError(
                f"training.strategy is {name}, but {KINDS[name].missing}; set it to auto"
            )
    strategy = KINDS[name].build()
    replicas = strategy.num_replicas_in_sync
    if training.batch_size % replicas:
        raise UserError(
            f"training.batch_size is {training.batch_size}, which {replicas} replicas of "
            f"{name} cannot divide among them; make it a multiple of {replicas}"
        )
    return Placement(strategy, f"{name}, {replicas} replica{'s' * (replicas > 1)}: {why}")


def _tpu() -> tf.distribute.Strategy:
    """A TPU by its name, or that of this VM. Raises UserError if there is none of that name."""
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu=_tpu_name())
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(f"TPU_NAME is {_tpu_name()}, a TPU that is not found: {error}") from error
    if _tpu_name() != "local":
        tf.config.experimental_connect_to_cluster(resolver)
    tf.tpu.experimental.initialize_tpu_system(resolver)
    return tf.distribute.TPUStrategy(resolver)


def _tpu_name() -> str:
    return os.environ.get("TPU_NAME", "local")


def _several_workers() -> bool:
    cluster = json.loads(os.environ.get("TF_CONFIG", "{}")).get("cluster", {})
    return sum(len(cluster.get(job, [])) for job in ("chief", "worker")) > 1


def _has_tpu() -> bool:
    # One elsewhere is seen no sooner than it is connected to; `local` names that of this machine.
    return _tpu_name() != "local" or bool(tf.config.list_physical_devices("TPU"))


def _devices() -> list[str]:
    """All GPUs, or all CPU devices where there is none: a CPU can be split into virtual ones."""
    kind = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    return [device.name for device in tf.config.list_logical_devices(kind)]


class _Kind(NamedTuple):
    """Whether there is what a strategy needs, how it is built, why it is chosen, and why not."""

    is_there: Callable[[], bool]
    build: Callable[[], tf.distribute.Strategy]
    why: str
    missing: str = ""


KINDS: Final = {
    "tpu": _Kind(_has_tpu, _tpu, "there is a TPU", "there is no TPU here and TPU_NAME names none"),
    "multi_worker": _Kind(
        _several_workers,
        lambda: tf.distribute.MultiWorkerMirroredStrategy(),
        "TF_CONFIG names several workers",
        "TF_CONFIG names no cluster of several workers",
    ),
    "mirrored": _Kind(
        lambda: len(_devices()) > 1,
        lambda: tf.distribute.MirroredStrategy(_devices()),
        "there are several devices",
        "there is only one device",
    ),
    # TensorFlow's default. OneDeviceStrategy puts an iterator of its own behind the input's, with
    # tf.data's tuner in it: training stood still at its end, see `trainer.input`.
    "one_device": _Kind(lambda: True, tf.distribute.get_strategy, "there is one device"),
}
"""In the order of preference."""
