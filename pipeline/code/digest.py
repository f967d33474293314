"""Makes code part of the cache key: a component whose code has changed must run again.

TFX hashes a `module_file`, but neither the modules that dotted paths and executors name, nor the
libraries. It does hash the executor's spec, whose extra flags can carry a digest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path

from tfx.dsl.components.base.base_component import BaseComponent

from pipeline.code.distributions import versions_below
from pipeline.code.imports import PACKAGES, Source, reached, read_source

_DOTTED = ("run_fn", "tuner_fn", "preprocessing_fn")
_DATA = (".pbtxt", ".html", ".css", ".js")
"""What modules read of the files beside them."""


def stamp_code(component: BaseComponent, task: str) -> None:
    """Adds the digest of the code that a component runs: ours as it stands, others' by version."""
    digest = digest_of([*_named(component)], task)
    component.executor_spec.add_extra_flags([f"--code_digest={digest}"])


def digest_of(names: Iterable[str], task: str) -> str:
    """SHA-256 of the code behind dotted names in a pipeline for a task, in hexadecimal.

    That is the project's modules without comments and docstrings, the data files that they name,
    and the versions of the libraries that any of them imports.
    """
    names = [*names]
    modules = reached(names, task)
    sources = {module: read_source(path, module) for module, path in modules.items()}
    imported = {name.partition(".")[0] for name in names}
    imported.update(name.partition(".")[0] for one in sources.values() for name in one.names)
    facts = [
        *(f"{module} {source.digest}" for module, source in sources.items()),
        *(f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in _beside(modules, sources)),
        *versions_below(imported - {*PACKAGES}),
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def digest_code(packages: Iterable[str]) -> str:
    """SHA-256 of the files of packages, byte for byte, in hexadecimal."""
    digest = hashlib.sha256()
    for package in packages:
        with resources.as_file(resources.files(package)) as folder:
            for path in sorted(folder.rglob("*")):
                if path.suffix in (".py", *_DATA):
                    digest.update(path.relative_to(folder).as_posix().encode())
                    digest.update(path.read_bytes())
    return digest.hexdigest()


def _named(component: BaseComponent) -> Iterator[str]:
    """The dotted names of what a component runs: its executor, its driver and our functions."""
    yield component.executor_spec.class_path
    yield f"{component.DRIVER_CLASS.__module__}.{component.DRIVER_CLASS.__name__}"
    yield from (name for key in _DOTTED if (name := component.exec_properties.get(key)))


def _beside(
    modules: Mapping[str, Path], sources: Mapping[str, Source]
) -> Iterator[tuple[str, bytes]]:
    """The data files beside modules that name them, or the folder that they are in, by path."""
    files = {}
    folders = {path.parent for path in modules.values()}
    data_in = {
        folder: [path.relative_to(folder) for path in folder.rglob("*") if path.suffix in _DATA]
        for folder in folders
    }
    for module, path in modules.items():
        for name in data_in[path.parent]:
            if name.parts[0] in sources[module].words:
                files[f"{module.rpartition('.')[0]}/{name.as_posix()}"] = path.parent / name
    return ((name, files[name].read_bytes()) for name in sorted(files))
