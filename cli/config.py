"""`digits config`: the effective config, and how it differs from that of a run."""

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from cli.failures import sentences
from cli.options import ConfigOption, JsonOption, SetOption, WorkspaceOption


def config(
    config: ConfigOption = None,
    set_: SetOption = None,
    diff: Annotated[
        str | None,
        typer.Option("--diff", metavar="RUN", help="Only what differs from this run, by its id."),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    json: JsonOption = False,
) -> None:
    """Print the effective config.

    That is the defaults with a file and settings over them, as YAML that `--config` reads back.
    """
    with sentences():
        from pipeline.config.file import read_config
        from pipeline.config.yaml_text import dump_yaml

        effective = read_config(config, set_ or []).model_dump(mode="json")
        if diff is None:
            print(dumps(effective) if json else dump_yaml(effective), end="\n" if json else "")
            return

        from pipeline.workspace.runs import changes, config_of
        from pipeline.workspace.workspace import Workspace

        changed = changes(config_of(Workspace(workspace), diff), effective)
        if json:
            print(dumps({"run": diff, "changes": changed}))
        else:
            print("\n".join(changed or [f"nothing differs from run {diff}"]))
