"""The compiled pipeline as a file: a PipelineJob for Vertex, a PipelineSpec for Kubeflow."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from vocabulary.errors import UserError

Tree = dict[str, Any]

ENTRY: Final = ("python", "-m", "kubeflow.entry")
"""What every container runs."""
FAILURE: Final = "digits: "
"""Begins the last line that a container prints when it fails; the reason follows."""


@dataclass(frozen=True)
class CompiledPipeline:
    """A PipelineJob in JSON's form, and for open-source Kubeflow a PlatformSpec, else None."""

    job: Tree
    platform: Tree | None

    @property
    def spec(self) -> Tree:
        """The PipelineSpec in it."""
        return self.job["pipelineSpec"]

    @property
    def target(self) -> str:
        """Vertex or kubeflow."""
        return "vertex" if self.platform is None else "kubeflow"

    @property
    def root(self) -> str:
        """The address under which outputs go."""
        if self.platform is None:
            return str(self.job["runtimeConfig"]["gcsOutputDirectory"])
        return str(self.spec["defaultPipelineRoot"])

    def text(self) -> str:
        """The file: JSON of the job, or YAML documents of the spec and the platform."""
        if self.platform is None:
            return json.dumps(self.job, indent=2, sort_keys=True) + "\n"
        documents = [self.spec, self.platform] if self.platform else [self.spec]
        return yaml.safe_dump_all(documents, sort_keys=True, width=100)


def suffix_for(target: str) -> str:
    """What the name of the file must end with."""
    return ".json" if target == "vertex" else ".yaml"


def whole_numbers(value: Any) -> Any:
    """A tree with integers again, which a protobuf Struct has turned into floats."""
    if isinstance(value, dict):
        return {key: whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def write_whole(path: Path, text: str) -> None:
    """Writes a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    half.write_text(text)
    half.replace(path)


def read_compiled(path: Path) -> CompiledPipeline:
    """Reads the file of a compiled pipeline.

    Raises UserError if it cannot be read, or is neither of the two.
    """
    advice = "name a file that `digits compile` wrote"
    try:
        text = path.read_text()
        is_json = path.suffix == suffix_for("vertex")
        documents = [json.loads(text)] if is_json else list(yaml.safe_load_all(text))
    except (OSError, ValueError, yaml.YAMLError) as error:
        why = getattr(error, "strerror", None) or "it is neither JSON nor YAML"
        raise UserError(f"{path} cannot be read: {why}; {advice}") from error
    match documents:
        case [{"pipelineSpec": dict(), "runtimeConfig": {"gcsOutputDirectory": str()}} as job]:
            return CompiledPipeline(job=job, platform=None)
        case [{"pipelineInfo": dict(), "defaultPipelineRoot": str()} as spec, *rest]:
            return CompiledPipeline(job={"pipelineSpec": spec}, platform=(rest or [{}])[0])
    raise UserError(f"{path} is not a compiled pipeline; {advice}")
