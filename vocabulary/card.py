"""An exported model's card: what it says of itself, in a JSON file beside it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from vocabulary.classes import listed, same
from vocabulary.errors import UserError
from vocabulary.model_files import CARD
from vocabulary.task.options import TaskBase

TASK: Final = "task"
CLASS_NAMES: Final = "class_names"
"""What the outputs of a model that tell of classes mean, in their order."""
DEFAULT_TASK: Final = "localization"
"""What a model was made for that does not say it: one without a card, or behind a server."""
PAPER: Final = "paper"
"""The card's key for the paper of the pictures that a model was trained on:"""
LIGHT: Final = "light"
DARK: Final = "dark"
"""with light ink on it; also of a model that does not say it."""
FINDER: Final = "finder"
"""The card's key for the card of another model that is exported with it, which finds what this one
reads."""


def read_card(folder: Path | str) -> dict[str, Any]:
    """The facts on the card of the model in a folder; none where it has no card."""
    path = f"{folder}/{CARD}"
    try:
        return dict(json.loads(_text_of(path) or "{}"))
    except (TypeError, ValueError) as error:
        raise UserError(
            f"{path} is not the card of a model: {error}; export the model again"
        ) from error


def _text_of(path: str) -> str:
    if "://" not in path:
        return Path(path).read_text() if Path(path).is_file() else ""
    import tensorflow as tf  # what reads models on this machine does without

    if not tf.io.gfile.exists(path):
        return ""
    with tf.io.gfile.GFile(path) as file:
        return str(file.read())


def task_of(folder: Path | str) -> TaskBase:
    """The task and the classes that the model in a folder was made for; raises as `read_card`."""
    return task_on(read_card(folder))


def task_on(card: Mapping[str, Any]) -> TaskBase:
    """The task and the classes that a card names; where it does not, the default ones."""
    facts = {"kind": card.get(TASK, DEFAULT_TASK), "classes": card.get(CLASS_NAMES)}
    return TaskBase.model_validate({key: of for key, of in facts.items() if of is not None})


def facts_of(task: TaskBase) -> dict[str, Any]:
    """What a card says of a task, for `task_on`."""
    return {TASK: task.kind, CLASS_NAMES: task.classes}


def difference(one: TaskBase, other: TaskBase) -> str:
    """How the classes of two models differ, as the end of a sentence; empty if they do not."""
    if [*map(same, one.classes)] == [*map(same, other.classes)]:
        return ""
    return f"one knows the classes {listed(one.classes)}, the other {listed(other.classes)}"


def require_same_classes(task: TaskBase, champion: Path | str, *, name: str) -> None:
    """Raises UserError if what serves, called `name`, knows other classes than a task."""
    if differs := difference(task, task_of(champion)):
        raise UserError(
            f"this run's model and {name}, which serves now, cannot be compared: {differs}; push "
            "to a place of its own, as with another --workspace"
        )


def is_for_light_paper(card: Mapping[str, Any]) -> bool:
    """Whether the model of a card was trained on dark ink on light paper."""
    return bool(card.get(PAPER, DARK) == LIGHT)
