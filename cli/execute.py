"""`digits execute`."""

from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import JsonOption, ParameterOption, VerboseOption, WorkspaceOption
from vocabulary.exit_status import ExitStatus


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
        from pipeline.run.log_file import DEBUG_LOG, logged_to, readable
        from pipeline.run.narrator import Narrator
        from pipeline.run.scratch import scratch
        from pipeline.workspace.workspace import Workspace

        compiled = read_compiled(file)
        values = read_values(parameter or [])
        place = Workspace(workspace)
        with place.claimed(), scratch(place):
            log = Workspace(workspace / EXECUTED).new_run()
            with (
                logged_to(log.with_name(DEBUG_LOG), verbose=verbose) as (_, error),
                readable(log),
                Narrator(error) as narrator,
            ):
                from kubeflow.execute import command

                summary, config = command.execute(
                    compiled, place, values=values, log=log, narrator=narrator
                )
        if json:
            print(summary.model_dump_json())
        else:
            from pipeline.run.terminal import make_console

            make_console().print(summary.as_table(config.evaluation.bars))
        if not summary.passed:
            raise typer.Exit(ExitStatus.NOT_BLESSED)
