"""Finds tasks: folders `tasks/NAME`, whose files have fixed names.

A file is imported only when it is asked for: `options` is light, others need TensorFlow.
"""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from vocabulary.errors import UserError

_PACKAGE = "tasks"
_OWN = Path(__file__).parents[2] / _PACKAGE


def task_folders() -> list[str]:
    """The folders that tasks lie in: the project's own, and any `tasks` on the Python path."""
    package = importlib.import_module(_PACKAGE)
    # A folder that comes earlier on the path would hide the project's own.
    package.__path__ = list(dict.fromkeys([*package.__path__, str(_OWN)]))
    return package.__path__


def task_names() -> list[str]:
    """The names of the tasks that are installed."""
    return sorted(module.name for module in pkgutil.iter_modules(task_folders()) if module.ispkg)


def task_file(task: str, name: str) -> Path | None:
    """A file of a task, or None where the task has none of that name."""
    _require(task)
    path = Path(importlib.import_module(f"{_PACKAGE}.{task}").__path__[0], name)
    return path if path.is_file() else None


def task_part(task: str, part: str) -> Any:
    """A file of a task, as a module: `task_part("localization", "options")`.

    Raises UserError if there is no such task.
    """
    _require(task)
    return importlib.import_module(f"{_PACKAGE}.{task}.{part}")


def has_part(task: str, part: str) -> bool:
    """Whether a task has a file that may be missing, `PART.py`."""
    return task_file(task, f"{part}.py") is not None


def _require(task: str) -> None:
    if task not in task_names():
        raise UserError(f"there is no task {task}; choose from {', '.join(task_names())}")


def network_names(task: str) -> list[str]:
    """The names of a task's networks: the files in its folder `networks`."""
    folder = task_part(task, "networks").__path__
    return sorted(module.name for module in pkgutil.iter_modules(folder))
