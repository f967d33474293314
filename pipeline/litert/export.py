"""`digits export --format litert`: writes a LiteRT file, and holds it against its model."""

import os
from collections.abc import Callable
from pathlib import Path

from pipeline.litert.check import Check, check
from pipeline.litert.convert import Quantize, convert
from pipeline.workspace.explain import judged_run
from pipeline.workspace.runs import list_runs
from pipeline.workspace.workspace import Workspace
from vocabulary.card import task_of
from vocabulary.errors import UserError
from vocabulary.versions import version_folder


def export(
    workspace: Workspace,
    model: Path | None,
    file: Path,
    *,
    quantize: Quantize | None,
    split: str,
    on_start: Callable[[str], None],
) -> Check:
    """Writes `file` from a version (or the newest of a folder, by default of the workspace).

    `on_start` is told what begins.

    Raises UserError if there is no such model, the file is there already, LiteRT cannot hold the
    model, or the latest run has no such split or is of another task; nothing is written then.
    """
    folder = version_folder(model or workspace.serving)
    files = _examples(workspace, split, task=task_of(folder).kind)
    if file.exists():
        raise UserError(f"{file} is there already; name another with --output, or remove it")
    file.parent.mkdir(parents=True, exist_ok=True)
    on_start("converting")
    partial = file.with_name(f".{file.name}.partial")
    try:
        partial.write_bytes(convert(folder, quantize))
        on_start("asking both")
        name = f"LiteRT, {quantize or 'float32'}"
        checked = check(folder, partial, files=files, name=name)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)
    return checked.model_copy(update={"file": str(file)})


def _examples(workspace: Workspace, split: str, *, task: str) -> list[str]:
    """The files of a split of the latest run, whose pictures must be for the task."""
    run, nodes = judged_run(workspace, None)
    own = next(record.task for record in list_runs(workspace) if record.run_id == run)
    if own and own != task:
        raise UserError(
            f"the pictures of run {run} are for the task {own}, and the model is for {task}; name "
            "the workspace that the model is from with --workspace"
        )
    folder = nodes["DigitExampleGen"].outputs["examples"].uri / f"Split-{split}"
    files = [str(path) for path in sorted(folder.glob("*"))]
    if not files:
        raise UserError(f"the run {run} has no split {split}; name another --split")
    return files
