"""A standalone Spark cluster: a master and two workers of two cores each."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.pipeline.beam.engines.cluster import MACHINES, POOL, Cluster
from tests.pipeline.beam.engines.parts import beam_jar, unpacked
from tests.pipeline.beam.services import free_port, listening

_DEPLOY = "org.apache.spark.deploy"
_LOCAL = {"SPARK_LOCAL_IP": "127.0.0.1"}


class Spark(Cluster):
    """The config's `beam.runner: spark`: one jar, on a disk that client and cluster share."""

    name = "spark"

    def __init__(self, folder: Path):
        super().__init__(folder)
        self._jar = beam_jar("beam-runners-spark-3")
        self._home = unpacked("pyspark")
        self._rest, self._page = free_port(), free_port()

    @property
    def settings(self) -> list[str]:
        return [
            "beam.runner=spark",
            f"beam.master=http://localhost:{self._rest}",
            "beam.environment=external",
            f"beam.worker_pool={POOL}:{self.pool_port}",
            f"beam.arguments=[--spark_job_server_jar={self._jar}]",
        ]

    def start(self) -> None:
        rpc = free_port()
        program = ["bash", str(self._home / "bin" / "spark-class")]
        master = [*program, f"{_DEPLOY}.master.Master", "--host", "localhost"]
        master += ["--port", str(rpc), "--webui-port", str(self._page)]
        rest = f"-Dspark.master.rest.enabled=true -Dspark.master.rest.port={self._rest}"
        self._spawn("master", master, {"SPARK_MASTER_OPTS": rest, **_LOCAL})
        self._wait(lambda: listening(self._rest) and listening(self._page))
        for machine in range(1, MACHINES + 1):
            worker = [*program, f"{_DEPLOY}.worker.Worker", "--host", "localhost", "--cores", "2"]
            worker += ["--memory", "3g", "--work-dir", str(self.folder / f"work-{machine}")]
            self._start_machine(machine, [*worker, f"spark://localhost:{rpc}"], **_LOCAL)
        self._wait(lambda: self._state()["aliveworkers"] == MACHINES)

    def expendable(self) -> int:
        """The machine without the job's driver, with which Spark gives a job up."""
        drivers = list(self.folder.glob("work-*/driver-*"))
        newest = max(drivers, key=lambda driver: driver.name)
        return 2 if newest.parent.name == "work-1" else 1

    def _state(self) -> dict[str, Any]:
        """What the master's page says, as JSON."""
        with urllib.request.urlopen(f"http://localhost:{self._page}/json/") as answer:
            return dict(json.load(answer))
