"""Options that several commands have."""

from pathlib import Path
from typing import Annotated, Literal

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="YAML that overrides configs/default.yaml."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a key of the config; may be repeated."),
]
WorkspaceOption = Annotated[
    Path,
    typer.Option("--workspace", metavar="DIR", help="Folder of runs, artefacts, versions."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", help="Also show the log on the terminal.")
]
ImageOption = Annotated[str | None, typer.Option("--image", help="Sets kubeflow.image.")]
PipelineRootOption = Annotated[
    str | None, typer.Option("--pipeline-root", help="Sets kubeflow.pipeline_root.")
]
ParameterOption = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="KEY=VALUE", help="A runtime parameter; may be repeated."),
]
WaitOption = Annotated[bool, typer.Option("--wait", help="Wait until the run ends.")]
TimeoutOption = Annotated[
    float | None,
    typer.Option(min=1, metavar="SECONDS", help="How long to wait at most; the run goes on."),
]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="Id that `digits submit` printed.")]
TargetOption = Annotated[
    Literal["vertex", "kubeflow"], typer.Option(help="Back end to run on.", show_default=False)
]
