"""The pictures that models are compared on: a split of the latest run, or the user's own."""

import json
from pathlib import Path

from pipeline.compare.labelled_pictures import has_pictures, require_labels, write_examples
from pipeline.workspace.explain import judged_run
from pipeline.workspace.history import History
from pipeline.workspace.runs import CONFIG
from pipeline.workspace.workspace import Workspace
from vocabulary.classes import TEN, listed
from vocabulary.errors import UserError
from vocabulary.task.options import TaskBase


def files_of_data(data: Path, folder: str, task: TaskBase) -> list[str]:
    """TFRecords as they are; of a folder of pictures, one that is made in `folder`.

    Raises UserError if there is neither, or a label is missing.
    """
    if not data.exists():
        raise UserError(f"there is no {data}; --data takes a folder of pictures, or TFRecords")
    if data.is_dir() and has_pictures(data):
        write_examples(data, f"{folder}/pictures", task=task)
        return [f"{folder}/pictures"]
    files = [data] if data.is_file() else sorted(p for p in data.glob("*") if p.is_file())
    if not files:
        raise UserError(f"--data {data} holds neither pictures nor TFRecords; name another folder")
    require_labels(files, task=task)
    return [str(path) for path in files]


def files_of_split(workspace: Workspace, split: str, task: TaskBase) -> list[str]:
    """Those of the latest run, whose classes must be those of the task.

    Raises UserError if there is no run or no such split, or the classes are others.
    """
    try:
        run, nodes = judged_run(workspace, None)
    except UserError as error:
        raise UserError(f"{error}, or name pictures with --data") from error
    noted = json.loads(History(workspace).notes().get(run, {}).get(CONFIG, "{}")).get("task", {})
    classes = noted.get("classes", [*TEN])
    if classes != task.classes:
        raise UserError(
            f"the models know the classes {listed(task.classes)}, and the last run, {run}, has "
            f"pictures of {listed(classes)}; name other pictures with --data"
        )
    folder = nodes["DigitExampleGen"].outputs["examples"].uri
    if not (folder / f"Split-{split}").is_dir():
        splits = sorted(path.name.removeprefix("Split-") for path in folder.glob("Split-*"))
        raise UserError(f"the run {run} has no split {split}; it has {', '.join(splits)}")
    files = [str(path) for path in sorted((folder / f"Split-{split}").glob("*"))]
    if not files:
        raise UserError(f"{folder / f'Split-{split}'} is empty; run again, or name another --split")
    return files
