"""`digits execute`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import JsonOption, ParameterOption, VerboseOption, WorkspaceOption
from cli.run import end_run, narrated


def execute(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `digits compile` wrote.")],
    parameter: ParameterOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Run a compiled pipeline on this machine, without a cluster.

    The commands of its containers are run in order, each in a process of its own, with the code
    that is installed here in place of their images. Buckets and volumes are folders under
    WORKSPACE/executed. The exit status is that of `digits run`.
    """
    with sentences():
        from kubeflow.execute.folders import EXECUTED
        from kubeflow.spec_file import read_compiled
        from kubeflow.values import read_values
        from pipeline.run.scratch import scratch
        from pipeline.workspace.workspace import Workspace

        compiled = read_compiled(file)
        values = read_values(parameter or [])
        place = Workspace(workspace)
        with place.claimed(), scratch(place):
            log = Workspace(workspace / EXECUTED).new_run()
            with narrated(log, verbose=verbose) as narrator:
                from kubeflow.execute import command

                summary, config = command.execute(
                    compiled, place, values=values, log=log, narrator=narrator
                )
        end_run(summary, config, json=json)
