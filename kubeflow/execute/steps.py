"""The steps of an execution as nodes, as a local run has them, each printed when it ends."""

import logging
import time
from dataclasses import dataclass, field

from kubeflow.execute.execution import TaskResult
from kubeflow.execute.folders import Folders
from kubeflow.names import component_id
from kubeflow.spec_file import whole_numbers
from pipeline.config.config import Config
from pipeline.run.descriptions import describe
from pipeline.run.narrator import Narrator
from pipeline.workspace.history import Node, Output


@dataclass
class Steps:
    """The steps that have ended, as nodes by the component's id."""

    config: Config
    folders: Folders
    narrator: Narrator
    nodes: dict[str, Node] = field(default_factory=dict)
    _began: float = 0.0

    def begin(self, task: str) -> None:
        """A task begins."""
        self._began = time.monotonic()
        logging.info("%s begins", task)
        self.narrator.begin(component_id(task))

    def end(self, task: str, result: TaskResult) -> None:
        """A task has ended."""
        node = Node(
            id=component_id(task),
            execution_id=0,
            state="skipped" if result.skipped else "complete",
            cached=result.cached,
            seconds=time.monotonic() - self._began,
            outputs={
                key: Output(self.folders.path(result.uri(key)), whole_numbers(result.metadata(key)))
                for key in result.output.artifacts
            },
        )
        self.nodes[node.id] = node
        if result.skipped:
            words = "skipped: its condition does not hold"
        else:
            words = describe(node, self.config)
        logging.info(
            "%s is done, %.1f s%s: %s", task, node.seconds, ", cached" * node.cached, words
        )
        self.narrator.end(node, words)
