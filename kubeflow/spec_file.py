"""The compiled pipeline as a file: a PipelineJob for Vertex, a PipelineSpec for Kubeflow."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Tree = dict[str, Any]


@dataclass(frozen=True)
class CompiledPipeline:
    """What a back end is given.

    Attributes:
        job: a PipelineJob in JSON's form.
        platform: a PlatformSpec in JSON's form, for open-source Kubeflow; None for Vertex.
    """

    job: Tree
    platform: Tree | None

    @property
    def spec(self) -> Tree:
        """The PipelineSpec in it."""
        return self.job["pipelineSpec"]

    def text(self) -> str:
        """The file: JSON of the job, or YAML documents of the spec and the platform."""
        if self.platform is None:
            return json.dumps(self.job, indent=2, sort_keys=True) + "\n"
        documents = [self.spec, self.platform] if self.platform else [self.spec]
        return yaml.safe_dump_all(documents, sort_keys=True, width=100)


def suffix_for(target: str) -> str:
    """What the name of the file must end with."""
    return ".json" if target == "vertex" else ".yaml"


def write_compiled(compiled: CompiledPipeline, path: Path) -> None:
    """Writes the file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    half.write_text(compiled.text())
    half.replace(path)
