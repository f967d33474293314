"""The models that `digits compare` compares: versions, runs and folders, looked up and checked."""

import itertools
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf
from pydantic import BaseModel, Field

from pipeline.compare.origins import Origin, origin_of
from pipeline.compare.trial import NotOursError, require_answers
from pipeline.run.failure import explain_briefly
from pipeline.workspace.history import History
from pipeline.workspace.runs import open_history
from pipeline.workspace.workspace import Workspace
from vocabulary import signatures
from vocabulary.card import CLASS_NAMES, TASK, difference, read_card, task_of, task_on
from vocabulary.errors import UserError
from vocabulary.model_files import EXTRA, SAVED_MODEL, SERVING_FORMAT
from vocabulary.task.options import TaskBase
from vocabulary.versions import model_digest, versions, whole_versions

_WARM_UP, _TIMED = 10, 30
_SHARED_FACTS = (TASK, CLASS_NAMES, "kind", "parameters", "canvas")
"""Of a card; the others are the task's own."""
_OWN_FACTS = ("kind", "parameters")
"""Of a card: those in which models that are compared may differ."""


class Model(BaseModel):
    """A model to compare, and what there is to know of it besides its metrics.

    `name` is `version 3`, `run 20260101-120000`, or the end of its folder's path; `title` is for
    people, such as `version of 20 Nov 14:29 (2 epochs)`, and tells it from the others too. `place`
    is the folder of the version, of the run, or its own. `bytes` are of what a server loads,
    `latency_ms` of one picture on this machine, 0 until it is measured; `canvas` is (height, width,
    channels) in pixels, `facts` are what its task says of it.
    """

    name: str
    title: str
    place: str = Field(default="", exclude=True)
    origin: Origin | None = None
    folder: Path
    parameters: int | None
    bytes: int
    latency_ms: float = 0.0
    canvas: tuple[int, int, int] = Field(default=(0, 0, 0), exclude=True)
    task: TaskBase = Field(exclude=True)
    facts: dict[str, Any] = Field(default={}, exclude=True)


def find_models(workspace: Workspace, names: Sequence[str]) -> list[Model]:
    """The models of these names; the champion and the latest candidate if there are none.

    Raises UserError if one cannot be found, or they cannot be compared.
    """
    folders = _distinct([_find(workspace, name) for name in names]) or _default(workspace)
    if len(folders) < 2:
        raise UserError("comparing takes two different models; name another one")
    _refuse_other_tasks({name: task_of(folder) for name, folder in folders.items()})
    models = [_read(name, folder) for name, folder in folders.items()]
    for other in models[1:]:
        _require_comparable(models[0], other)
    return _titled([_with_origin(workspace, model) for model in models])


def names_of_runs(workspace: Workspace) -> list[str]:
    """The models of all runs that are there, as `find_models` takes them, oldest first.

    Each model once; of those that cannot be compared with the newest, none. Raises UserError if
    there are no runs.
    """
    history = open_history(workspace)
    names: dict[str, str] = {}
    cards: dict[str, dict[str, Any]] = {}
    for run in history.runs():
        model = _model_of(workspace, run)
        if model is None:
            continue
        digest = model_digest(str(model))
        names.setdefault(digest, _served_as(workspace, history, run) or run)
        newest = {key: of for key, of in read_card(model).items() if key not in _OWN_FACTS}
        cards[digest] = newest
    if not names:
        raise UserError(f"{workspace.root} holds no trained model; make one with `digits run`")
    return [name for digest, name in names.items() if cards[digest] == newest]


def _served_as(workspace: Workspace, history: History, run: str) -> str:
    """The version that the model of a run serves as, empty if it does not."""
    pusher = history.nodes(run).get("Pusher")
    version = pusher.served_version if pusher and pusher.complete else None
    there = version and (workspace.serving / str(version) / SAVED_MODEL).is_file()
    return str(version) if there else ""


def _with_origin(workspace: Workspace, model: Model) -> Model:
    """With where it comes from, if the workspace knows it."""
    kind, _, number = model.name.partition(" ")
    place, origin, version = str(model.folder), None, model.folder.name
    if model.folder.resolve().parent == workspace.serving.resolve() and version.isdecimal():
        kind, origin = "version", origin_of(workspace, version=int(version))
    elif kind == "run" and model.folder.is_relative_to(workspace.resolved.artifacts):
        origin, place = origin_of(workspace, run=number), str(workspace.page(number).parent)
    title = origin.title(kind) if origin else model.name
    return model.model_copy(update={"origin": origin, "title": title, "place": place})


def _titled(models: list[Model]) -> list[Model]:
    """With the name beside a title that two of them have."""
    titles = [model.title for model in models]
    return [
        model.model_copy(update={"title": f"{model.title}, {model.name}"})
        if titles.count(model.title) > 1
        else model
        for model in models
    ]


def _refuse_other_tasks(tasks: Mapping[str, TaskBase]) -> None:
    """Before they are loaded: the task of one may not be installed here."""
    (name, task), *others = tasks.items()
    for other, its_task in others:
        if its_task.kind != task.kind:
            raise UserError(_differing(name, other, "task", task.kind, its_task.kind))
        if differs := difference(task, its_task):
            raise UserError(f"{name} and {other} cannot be compared: {differs}; name other models")


def _require_comparable(one: Model, other: Model) -> None:
    mine, theirs = ({"canvas": model.canvas, **model.facts} for model in (one, other))
    for key in mine:
        if key in theirs and mine[key] != theirs[key]:
            raise UserError(_differing(one.name, other.name, key, mine[key], theirs[key]))


def _differing(one: str, other: str, key: str, *values: object) -> str:
    return (
        f"{one} and {other} cannot be compared: their {key} is "
        f"{' and '.join(map(_shown, values))}; name models of one {key}"
    )


def latencies_ms(models: Sequence[Model], png: bytes) -> list[float]:
    """The median time that each takes for one picture, alone, on this machine.

    They take turns, so that whatever else the machine does slows all of them alike.
    """
    loaded = [tf.saved_model.load(str(model.folder)) for model in models]
    picture, rounds = tf.constant([png]), []
    for _ in range(_WARM_UP + _TIMED):
        times = []
        for saved_model in loaded:
            began = time.perf_counter()
            saved_model.signatures[signatures.DEFAULT](picture)
            times.append(time.perf_counter() - began)
        rounds.append(times)
    timed = zip(*rounds[_WARM_UP:], strict=True)
    return [1000 * statistics.median(times) for times in timed]


def _default(workspace: Workspace) -> dict[str, Path]:
    """The champion first, for it is the baseline, then the latest candidate."""
    runs = History(workspace).runs() if workspace.metadata.is_file() else []
    trained = ((run, model) for run in runs[::-1] if (model := _model_of(workspace, run)))
    run, candidate = next(trained, ("", None))
    if candidate is None:
        raise UserError(f"{workspace.root} holds no trained model; make one with `digits run`")
    digest = model_digest(str(candidate))
    for version in whole_versions(str(workspace.serving)):
        folder = workspace.serving / str(version)
        if model_digest(str(folder)) != digest:
            return {f"version {version}": folder, f"run {run}": candidate}
    raise UserError(
        f"{workspace.root} has only one model, that of run {run}; train another one with "
        f"`digits run --set`, or name two models"
    )


def _distinct(folders: Sequence[tuple[str, Path]]) -> dict[str, Path]:
    """The folders by name, each once: a path is cut to its last parts that tell it from others."""
    models: dict[str, tuple[str, Path]] = {}
    for name, folder in folders:
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
    there = [str(version) for version in versions(str(workspace.serving))]
    raise UserError(
        f"{name} is no version, run or folder with a {SAVED_MODEL}; the versions in "
        f"{workspace.root} are: {', '.join(there) or 'none yet'}"
    )


def _model_of(workspace: Workspace, run_id: str) -> Path | None:
    if not workspace.metadata.is_file():
        return None
    trainer = History(workspace).nodes(run_id).get("Trainer")
    if trainer is None or "model" not in trainer.outputs:
        return None
    folder = trainer.outputs["model"].uri / SERVING_FORMAT
    return folder if (folder / SAVED_MODEL).is_file() else None


def _read(name: str, folder: Path) -> Model:
    try:
        card = read_card(folder)
        task = task_on(card)
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
    return Model(
        name=name,
        title=name,
        folder=folder,
        task=task,
        canvas=canvas,
        facts={key: value for key, value in card.items() if key not in _SHARED_FACTS},
        parameters=card.get("parameters"),
        bytes=sum(path.stat().st_size for path in _loaded(folder)),
    )


def _loaded(folder: Path) -> Iterator[Path]:
    """The files that a server loads."""
    extra = folder / EXTRA
    return (p for p in folder.rglob("*") if p.is_file() and extra not in p.parents)


def _shown(value: object) -> str:
    return " x ".join(map(str, value)) if isinstance(value, tuple) else str(value)
