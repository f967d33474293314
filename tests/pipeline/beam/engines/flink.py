"""A Flink session cluster: a job manager and two task managers.

Each has a slot more than a job takes there, for when the other is lost.
"""

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.pipeline.beam.engines.cluster import JAVA_OPTIONS, MACHINES, POOL, Cluster
from tests.pipeline.beam.engines.parts import beam_jar, unpacked
from tests.pipeline.beam.services import free_port, listening

_RUNTIME = "org.apache.flink.runtime"
_JOB_MANAGER = f"{_RUNTIME}.entrypoint.StandaloneSessionClusterEntrypoint"
_TASK_MANAGER = f"{_RUNTIME}.taskexecutor.TaskManagerRunner"
# The sizes of all parts of a task manager's memory are worked out by Flink's own shell scripts,
# which the wheel lacks. A network of 512 MiB is too small for the Evaluator's job. A lost machine
# is noticed in 10 s, not 50, and its work is tried again.
_CONFIG = """\
jobmanager.rpc.address: localhost
jobmanager.rpc.port: {rpc}
rest.address: localhost
rest.port: {rest}
jobmanager.memory.process.size: 1g
taskmanager.host: localhost
taskmanager.numberOfTaskSlots: 2
taskmanager.cpu.cores: 2.0
cluster.evenly-spread-out-slots: true
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.task.heap.size: 512m
taskmanager.memory.task.off-heap.size: 0m
taskmanager.memory.network.min: 1g
taskmanager.memory.network.max: 1g
taskmanager.memory.managed.size: 256m
taskmanager.memory.jvm-metaspace.size: 256m
taskmanager.memory.jvm-overhead.min: 192m
taskmanager.memory.jvm-overhead.max: 192m
heartbeat.interval: 2000
heartbeat.timeout: 10000
restart-strategy.type: fixed-delay
restart-strategy.fixed-delay.attempts: 5
restart-strategy.fixed-delay.delay: 2 s
"""
_LOGGING = """\
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %-5p %c{1} - %m%n
"""


class Flink(Cluster):
    """The config's `beam.runner: flink`, which sends each job as one jar to the REST address."""

    name = "flink"

    def __init__(self, folder: Path):
        super().__init__(folder)
        self._jar = beam_jar("beam-runners-flink-1.19")
        self._libraries = unpacked("apache-flink-libraries") / "lib"
        self._rest = free_port()

    @property
    def settings(self) -> list[str]:
        return [
            "beam.runner=flink",
            f"beam.master=localhost:{self._rest}",
            f"beam.workers={MACHINES}",
            "beam.environment=external",
            f"beam.worker_pool={POOL}:{self.pool_port}",
            f"beam.arguments=[--flink_job_server_jar={self._jar}]",
        ]

    def start(self) -> None:
        conf = self.folder / "conf"
        conf.mkdir()
        (conf / "config.yaml").write_text(_CONFIG.format(rpc=free_port(), rest=self._rest))
        (conf / "log4j.properties").write_text(_LOGGING)
        java = ["java", f"-Dlog4j.configurationFile={conf / 'log4j.properties'}"]
        memory = ["-Xmx768m", "-XX:MaxDirectMemorySize=1536m"]
        program = [*java, *memory, f"--class-path={self._libraries}/*"]
        opened = {"JAVA_TOOL_OPTIONS": JAVA_OPTIONS}
        self._spawn("job-manager", [*program, _JOB_MANAGER, f"--configDir={conf}"], opened)
        self._wait(lambda: listening(self._rest))
        for machine in range(1, MACHINES + 1):
            self._start_machine(machine, [*program, _TASK_MANAGER, f"--configDir={conf}"])
        self._wait(lambda: self.asked("overview")["taskmanagers"] == MACHINES)

    def expendable(self) -> int:
        return MACHINES

    def asked(self, path: str) -> dict[str, Any]:
        """What the job manager answers."""
        with urllib.request.urlopen(f"http://localhost:{self._rest}/{path}") as answer:
            return dict(json.load(answer))
