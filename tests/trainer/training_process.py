"""`run_fn` on small splits, in this process or in one of its own.

A strategy wants a process in which TensorFlow has done nothing yet, and a kill one to strike at:

    python training_process.py JOBS.json
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 240
EXPORT = "export"
"""Where to be killed: when all is trained and nothing is exported yet."""


@dataclass(frozen=True)
class Job:
    """A training: what of, how, and where to."""

    examples: str
    """File pattern of the examples to train on and to watch."""
    transform: str
    """Folder of the transform graph."""
    options: str
    """`TrainerOptions` as JSON."""
    root: str
    """Folder of checkpoints, shared by those who are to go on with each other's work."""
    name: str
    """Of the folder under `root` for what is made."""
    champion: str | None = None
    """Folder of an exported model."""
    hyperparameters: dict[str, Any] | None = None
    """As the Tuner found them."""

    @property
    def model(self) -> Path:
        """The exported model."""
        return Path(self.root) / self.name / "model"

    @property
    def network(self) -> Path:
        """The Keras network in it."""
        return self.model / "assets.extra" / "model.keras"

    @property
    def history_file(self) -> Path:
        return Path(self.root) / self.name / "run" / "history.json"

    def history(self) -> dict[str, Any]:
        return json.loads(self.history_file.read_text())

    @property
    def checkpoints(self) -> Path:
        return Path(self.root) / "checkpoints"


def train(job: Job) -> Job:
    """Runs it here."""
    from tfx.components.trainer.fn_args_utils import FnArgs

    from trainer.run import run_fn

    run_fn(
        FnArgs(
            train_files=[job.examples],
            eval_files=[job.examples],
            transform_graph_path=job.transform,
            serving_model_dir=str(job.model),
            model_run_dir=str(job.history_file.parent),
            base_model=job.champion,
            hyperparameters=job.hyperparameters,
            custom_config={"options": job.options, "checkpoints": str(job.checkpoints)},
        )
    )
    return job


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens at, for workers."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("localhost", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Training:
    """A process that runs jobs one after the other."""

    def __init__(
        self,
        *jobs: Job,
        environment: Mapping[str, str] | None = None,
        cpus: int = 1,
        kill_at: int | str | None = None,
        log: Path,
    ):
        """Splits the CPU into virtual ones; kills itself in the step given, or before `EXPORT`."""
        jobs_file = log.with_suffix(".json")
        jobs_file.write_text(
            json.dumps({"jobs": [asdict(job) for job in jobs], "cpus": cpus, "kill_at": kill_at})
        )
        self._log = log
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(jobs_file)],
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """Ends it, if it has not ended."""
        self._process.kill()
        self._process.wait()

    def wait(self, *, expected: int = 0) -> str:
        """Waits for the end; gives what it said."""
        try:
            code = self._process.wait(PATIENCE_S)
        finally:
            self.kill()
        text = self._log.read_text(errors="replace")
        assert code == expected, text[-3000:]
        return text


def _kill_before_export() -> None:
    from trainer import run

    run._export = lambda *_: os.kill(os.getpid(), signal.SIGKILL)


def _kill_in_step(step: int) -> None:
    """Has the process struck down, without a chance to clear up, when that step is done."""
    from trainer.non_finite import StopOnNonFinite
    from trainer.optimizer import steps_done

    def strike(callback: StopOnNonFinite, now: int, logs: object) -> None:
        if now == step:
            assert steps_done(callback.model.optimizer) == step
            os.kill(os.getpid(), signal.SIGKILL)

    StopOnNonFinite.on_step_end = strike


def main() -> None:
    """See the module."""
    asked = json.loads(Path(sys.argv[1]).read_text())
    import logging

    import tensorflow as tf

    logging.basicConfig(level=logging.INFO)
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * asked["cpus"]
    )
    if asked["kill_at"] == EXPORT:
        _kill_before_export()
    elif asked["kill_at"]:
        _kill_in_step(asked["kill_at"])
    for job in asked["jobs"]:
        train(Job(**job))


if __name__ == "__main__":
    main()
