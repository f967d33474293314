"""`digits runs`: the history of a workspace, or what was submitted to a back end."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.failures import sentences
from cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption
from cli.tables import show
from vocabulary.errors import UserError


def runs(
    lineage: Annotated[
        int | None,
        typer.Option("--lineage", metavar="VERSION", help="Show what led to this version."),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="KEY", help="By a metric (best first), began or seconds."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, metavar="N", help="The newest N; of a sorted list, first."),
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="WORD", help="Only runs with this tag.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV on stdout.")] = False,
    workspace: WorkspaceOption = Path("workspace"),
    target: Annotated[
        Literal["vertex", "kubeflow"] | None,
        typer.Option(help="List what was submitted to this back end instead, 20 or --limit."),
    ] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    """List the runs.

    Shows what changed from run to run, the metrics, what was pushed and what serves now.
    With --target, the state of the runs that were submitted; --config and --set say where to.
    """
    with sentences():
        if target is not None:
            local = {"--lineage": lineage, "--sort": sort, "--tag": tag, "--csv": csv}
            _list_submitted(target, config, set_, limit, json, [o for o in local if local[o]])
            return
        if config or set_:
            given = "--config" if config else "--set"
            raise UserError(f"{given} is for --target; give both or neither")
        from pipeline.run.terminal import make_console
        from pipeline.workspace import lineage as lineages
        from pipeline.workspace import runs as records
        from pipeline.workspace.run_list import as_csv, choose
        from pipeline.workspace.workspace import Workspace

        if csv and json:
            raise UserError("--csv and --json are two forms of one list; leave one of them out")
        place = Workspace(workspace)
        if lineage is not None:
            listing = {"--sort": sort, "--limit": limit, "--tag": tag, "--csv": csv}
            if named := [option for option, value in listing.items() if value]:
                raise UserError(f"{named[0]} is for the list; leave it out with --lineage")
            shown = lineages.lineage_of_version(place, lineage)
            show(shown, shown.as_table(), json=json)
            return
        listed = choose(records.list_runs(place), tag=tag, sort=sort, limit=limit)
        if json:
            print(records.as_json(listed))
        elif csv:
            print(as_csv(listed), end="")
        else:
            make_console().print(records.as_table(listed))


def _list_submitted(
    target: str,
    config: Path | None,
    set_: list[str] | None,
    limit: int | None,
    json: bool,
    local: list[str],
) -> None:
    from kubeflow.operate_command import list_submitted
    from pipeline.config.file import read_config

    if local:
        raise UserError(f"{local[0]} is for the runs of a workspace; leave it out with --target")
    options = read_config(config, set_ or []).kubeflow
    list_submitted(options, target, limit=limit or 20, as_json=json)
