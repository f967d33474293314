"""The models that `digits compare` compares: versions, runs and folders, found and checked."""

import itertools
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tensorflow as tf

from pipeline.compare.trial import NotOursError, require_answers
from pipeline.run.failure import explain_briefly
from pipeline.workspace.history import History
from pipeline.workspace.workspace import Workspace
from vocabulary import signatures
from vocabulary.card import read_card, task_of
from vocabulary.errors import UserError
from vocabulary.model_files import EXTRA, SAVED_MODEL, SERVING_FORMAT
from vocabulary.versions import model_digest, versions, whole_versions

_WARM_UP, _TIMED = 10, 30


@dataclass(frozen=True)
class Contender:
    """A model to compare.

    Attributes:
        name: how it is called: `version 3`, `run 20260101-120000`, or the end of its folder's path.
        folder: of the SavedModel.
        task: what it was made for.
        box: what its boxes are around, `ink` or `patch`; empty where the export does not say it.
        canvas: (height, width, channels) in pixels.
        parameters: how many, where the export says it.
        size: of what a server loads, in bytes.
    """

    name: str
    folder: Path
    task: str
    box: str
    canvas: tuple[int, int, int]
    parameters: int | None
    size: int


def find_contenders(workspace: Workspace, names: Sequence[str]) -> list[Contender]:
    """The models of these names; the champion and the latest candidate if there are none.

    Raises:
        UserError: if one cannot be found, or they cannot be compared.
    """
    folders = _distinct([_find(workspace, name) for name in names]) or _default(workspace)
    if len(folders) < 2:
        raise UserError("it takes two different models to compare; name another one")
    _refuse_other_tasks({name: task_of(folder) for name, folder in folders.items()})
    found = [_read(name, folder) for name, folder in folders.items()]
    for other in found[1:]:
        for what in ("box", "canvas"):
            mine, theirs = getattr(found[0], what), getattr(other, what)
            if mine and theirs and mine != theirs:
                raise UserError(
                    f"{found[0].name} and {other.name} cannot be compared: their {what} is "
                    f"{_said(mine)} and {_said(theirs)}; name models of one {what}"
                )
    return found


def _refuse_other_tasks(tasks: Mapping[str, str]) -> None:
    """Before they are loaded: the task of one may not be installed here."""
    (name, task), *others = tasks.items()
    for other, its_task in others:
        if its_task != task:
            raise UserError(
                f"{name} and {other} cannot be compared: their task is {task} and {its_task}; "
                f"name models of one task"
            )


def latencies_ms(contenders: Sequence[Contender], png: bytes) -> list[float]:
    """The median time that each takes for one picture, alone, on this machine.

    They take turns, so that what else the machine does slows one as much as another.
    """
    loaded = [tf.saved_model.load(str(contender.folder)) for contender in contenders]
    picture, rounds = tf.constant([png]), []
    for _ in range(_WARM_UP + _TIMED):
        times = []
        for model in loaded:
            began = time.perf_counter()
            model.signatures[signatures.DEFAULT](picture)
            times.append(time.perf_counter() - began)
        rounds.append(times)
    timed = zip(*rounds[_WARM_UP:], strict=True)
    return [1000 * statistics.median(times) for times in timed]


def _default(workspace: Workspace) -> dict[str, Path]:
    """The champion first: what the candidate is to be compared with."""
    runs = History(workspace).runs() if workspace.metadata.is_file() else []
    trained = (run for run in runs[::-1] if _model_of(workspace, run))
    run = next(trained, None)
    if run is None:
        raise UserError(f"{workspace.root} holds no trained model; make one with `digits run`")
    candidate = _model_of(workspace, run)
    assert candidate is not None
    digest = model_digest(str(candidate))
    for version in whole_versions(str(workspace.serving)):
        folder = workspace.serving / str(version)
        if model_digest(str(folder)) != digest:
            return {f"version {version}": folder, f"run {run}": candidate}
    raise UserError(
        f"the run {run} has the only model there is in {workspace.root}; train another one with "
        f"`digits run --set`, or name two models"
    )


def _distinct(found: Sequence[tuple[str, Path]]) -> dict[str, Path]:
    """The models by name, each once: a folder is called by the end of its path that is its own."""
    models: dict[str, tuple[str, Path]] = {}
    for name, folder in found:
        models.setdefault(os.path.realpath(folder), (name, folder))
    for depth in itertools.count(1):
        short = {_end(name, depth): folder for name, folder in models.values()}
        if len(short) == len(models):
            break
    return short


def _end(name: str, depth: int) -> str:
    """The last parts of a path; another name as it is."""
    return str(Path(*Path(name).parts[-depth:])) if os.path.isabs(name) else name


def _find(workspace: Workspace, name: str) -> tuple[str, Path]:
    if (Path(name) / SAVED_MODEL).is_file():
        return os.path.abspath(name), Path(name)
    if name.isdecimal() and (workspace.serving / name / SAVED_MODEL).is_file():
        return f"version {name}", workspace.serving / name
    model = _model_of(workspace, name)
    if model:
        return f"run {name}", model
    known = [str(version) for version in versions(str(workspace.serving))]
    raise UserError(
        f"{name} is no version, run or folder with a {SAVED_MODEL}; {workspace.root} serves "
        f"{', '.join(known) or 'nothing'}"
    )


def _model_of(workspace: Workspace, run_id: str) -> Path | None:
    if not workspace.metadata.is_file():
        return None
    trainer = History(workspace).nodes(run_id).get("Trainer")
    if trainer is None or "model" not in trainer.outputs:
        return None
    folder = trainer.outputs["model"].uri / SERVING_FORMAT
    return folder if (folder / SAVED_MODEL).is_file() else None


def _read(name: str, folder: Path) -> Contender:
    try:
        card, task = read_card(folder), task_of(folder)
        loaded = tf.saved_model.load(str(folder))  # held: its variables go when it goes
        canvas = require_answers(loaded.signatures, task=task)
    except NotOursError as error:
        raise UserError(
            f"{name} was not exported by this pipeline: {error}; name another model"
        ) from error
    except Exception as error:  # TensorFlow raises nearly anything for a broken SavedModel
        raise UserError(
            f"{name} cannot be loaded from {folder}: {explain_briefly(error)}; name another model"
        ) from error
    return Contender(
        name=name,
        folder=folder,
        task=task,
        box=card.get("box", ""),
        canvas=canvas,
        parameters=card.get("parameters"),
        size=sum(path.stat().st_size for path in _loaded(folder)),
    )


def _loaded(folder: Path) -> Iterator[Path]:
    beside = folder / EXTRA
    return (p for p in folder.rglob("*") if p.is_file() and beside not in p.parents)


def _said(value: object) -> str:
    return " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)
