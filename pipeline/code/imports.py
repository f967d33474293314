"""Which modules of the project a module runs: those that it imports, as its source says.

Nothing is imported to find out. Imports within functions count, and so does a module that is
started as a process with `-m`.
"""

import ast
import functools
import hashlib
import importlib.util
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vocabulary.task.find import task_folders

PACKAGES = (
    "cli",
    "components",
    "digit",
    "evaluation",
    "kubeflow",
    "pipeline",
    "serving",
    "tasks",
    "trainer",
    "vocabulary",
)
"""The project's own; all others belong to libraries."""

TASKS = "tasks"
_TASK = "{task}"
"""Stands for the name of whichever task there is."""

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Source:
    """What is in a module's source.

    `digest` is of what it does: neither comments, docstrings nor line breaks change it. `names` are
    dotted ones that it may import, of which one may be of a function; `words` are all its strings.
    """

    digest: str
    names: frozenset[str]
    words: frozenset[str]


def reached(names: Iterable[str], task: str) -> dict[str, Path]:
    """The files of the project's modules that dotted names and what they import lead to, by name.

    A name may also be of something in a module; packages on the way to one are run, too. Where a
    module asks for a part of whichever task there is, it is that of `task`.
    """
    files: dict[str, Path] = {}
    waiting = [*names]
    while waiting:
        for module, path in _on_the_way(waiting.pop().replace(_TASK, task)):
            if module not in files:
                files[module] = path
                waiting += read_source(path, module).names
    return dict(sorted(files.items()))


def read_source(path: Path, module: str) -> Source:
    """Parses the file of a module."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return _parsed(path.read_bytes(), package)


def _on_the_way(name: str) -> Iterator[tuple[str, Path]]:
    parts = name.split(".")
    folder = _folder(parts) if parts[0] in PACKAGES else None
    for at in range(1, len(parts) + 1):
        if folder is None:
            return
        module = ".".join(parts[:at])
        if (folder / "__init__.py").is_file():
            yield module, folder / "__init__.py"
        elif folder.with_suffix(".py").is_file():
            yield module, folder.with_suffix(".py")
        if parts[at:] == ["*"]:
            yield from ((f"{module}.{path.stem}", path) for path in sorted(folder.glob("*.py")))
            return
        folder = folder / parts[at] if at < len(parts) else None


def _folder(parts: list[str]) -> Path | None:
    """The folder of a package; the tasks lie in several, of which it is the one with the task."""
    if parts[0] == TASKS:
        tasks = [Path(place) for place in task_folders()]
        return next((place for place in tasks if (place / "/".join(parts[1:2])).is_dir()), None)
    spec = importlib.util.find_spec(parts[0])
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


@functools.cache
def _parsed(source: bytes, package: str) -> Source:
    tree = ast.parse(source)
    nodes = [*ast.walk(tree)]
    names = frozenset(_imported(nodes, package))
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    words = frozenset(word for word in constants if isinstance(word, str))
    for node in nodes:
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return Source(hashlib.sha256(ast.dump(tree).encode()).hexdigest(), names, words)


def _imported(nodes: Iterable[ast.AST], package: str) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(base, package) if node.level else base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call):
            yield from _asked(node)
        elif isinstance(node, ast.Tuple | ast.List):
            yield from _started(node.elts)


def _asked(call: ast.Call) -> Iterator[str]:
    """The part that `task_part` or `import_module` is asked for.

    All in a folder, where only that is written out.
    """
    match call:
        case ast.Call(func=ast.Name("task_part"), args=[_, ast.Constant(str(part))]):
            yield f"{TASKS}.{_TASK}.{part}"
        case ast.Call(
            func=ast.Name("task_part"), args=[_, ast.JoinedStr([ast.Constant(str(folder)), *_])]
        ):
            yield f"{TASKS}.{_TASK}.{folder}*"
        case ast.Call(
            func=ast.Attribute(attr="import_module"),
            args=[ast.JoinedStr([ast.Constant(str(folder)), ast.FormattedValue()])],
        ):
            yield f"{folder}*"


def _started(command: list[ast.expr]) -> Iterator[str]:
    """The module in the words of a command, as in `python -m serving`."""
    words = [word.value if isinstance(word, ast.Constant) else None for word in command]
    for flag, module in itertools.pairwise(words):
        if flag == "-m" and isinstance(module, str):
            yield f"{module}.__main__"
