"""A component in one run, as ML Metadata has it."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from vocabulary.pushed import ALREADY_SERVES_AS


@dataclass(frozen=True)
class Output:
    """An artefact: its folder, its properties, and its id in ML Metadata."""

    uri: Path
    properties: dict[str, Any]
    id: int = 0


@dataclass(frozen=True)
class Node:
    """One component in one run.

    `state` is complete, failed, interrupted or running. It `began` when it was registered, in local
    time, and took `seconds` until its last change of state. Each output of this DAG is one
    artefact.
    """

    id: str
    execution_id: int
    state: str
    cached: bool
    seconds: float
    began: datetime = datetime.min
    outputs: dict[str, Output] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether it ended well, now or in the run that its outputs come from."""
        return self.state == "complete"

    @property
    def blessed(self) -> bool:
        """Of a complete Evaluator: whether the model passed."""
        return bool(self.outputs["blessing"].properties.get("blessed"))

    @property
    def pushed_version(self) -> int | None:
        """Of a complete Pusher: the version that this run pushed; a cached Pusher pushed none."""
        return None if self.cached else self._version_of_push

    @property
    def served_version(self) -> int | None:
        """Of a complete Pusher: the version that the model serves as, whichever run pushed it."""
        properties = self.outputs["pushed_model"].properties
        return self._version_of_push or properties.get(ALREADY_SERVES_AS)

    @property
    def _version_of_push(self) -> int | None:
        properties = self.outputs["pushed_model"].properties
        return int(properties["pushed_version"]) if properties.get("pushed") else None
