"""Options that several commands have."""

import enum
from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="YAML over configs/default.yaml."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One key of the config; may be repeated."),
]
WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", metavar="DIR", help="Folder that holds all there is.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", help="Show the log on the terminal as well.")
]
ImageOption = Annotated[str | None, typer.Option("--image", help="For kubeflow.image.")]
PipelineRootOption = Annotated[
    str | None, typer.Option("--pipeline-root", help="For kubeflow.pipeline_root.")
]
ParameterOption = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="KEY=VALUE", help="A runtime parameter; may be repeated."),
]
WaitOption = Annotated[bool, typer.Option("--wait", help="Wait for the end of the run.")]
TimeoutOption = Annotated[
    float | None,
    typer.Option(min=1, metavar="SECONDS", help="Wait no longer; the run itself goes on."),
]


class Target(enum.StrEnum):
    """What a pipeline is compiled for."""

    vertex = "vertex"
    kubeflow = "kubeflow"


TargetOption = Annotated[Target, typer.Option(help="Which back end.", show_default=False)]
