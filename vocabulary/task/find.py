"""Finds tasks: folders `tasks/NAME`, whose files have fixed names.

A file is imported only when it is asked for: `options` is light, others need TensorFlow.
"""

import importlib
import pkgutil
from typing import Any

_PACKAGE = "tasks"


def task_names() -> list[str]:
    """The names of the tasks that are installed."""
    package = importlib.import_module(_PACKAGE)
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg)


def task_part(task: str, part: str) -> Any:
    """A file of a task, as a module: `task_part("localization", "options")`.

    Raises:
        ValueError: if there is no such task.
    """
    if task not in task_names():
        raise ValueError(f"there is no task {task}; choose from {', '.join(task_names())}")
    return importlib.import_module(f"{_PACKAGE}.{task}.{part}")


def network_names(task: str) -> list[str]:
    """The names of a task's networks: the files in its folder `networks`.

    Raises:
        ValueError: if there is no such task.
    """
    folder = task_part(task, "networks").__path__
    return sorted(module.name for module in pkgutil.iter_modules(folder))
