"""Lets the cache see code: a component whose code changed must not be taken from it.

TFX hashes a `module_file`, but not the modules that dotted paths and executors name. It does hash
the executor's spec, whose extra flags are free to carry a digest.
"""

import hashlib
from collections.abc import Iterable
from importlib import resources

from tfx.dsl.components.base.base_component import BaseComponent

_DOTTED = ("run_fn", "tuner_fn", "preprocessing_fn", "judge_fn")
_SHARED = "vocabulary"
_READS = {"components.report": ("evaluation", "trainer")}
"""What a component's package imports of the others."""
_SUFFIXES = (".py", ".pbtxt", ".html", ".css")


def stamp_code(component: BaseComponent) -> None:
    """Adds the digest of the project's code that a component runs, if it runs any."""
    packages = sorted(_packages(component))
    if packages:
        digest = digest_code([*packages, _SHARED])
        component.executor_spec.add_extra_flags([f"--code_digest={digest}"])


def digest_code(packages: Iterable[str]) -> str:
    """SHA-256 of the code of packages, in hexadecimal."""
    digest = hashlib.sha256()
    for package in packages:
        _add_package(digest, package)
    return digest.hexdigest()


def _packages(component: BaseComponent) -> set[str]:
    packages = {
        component.exec_properties[key].partition(".")[0]
        for key in _DOTTED
        if component.exec_properties.get(key)
    }
    executor = component.executor_spec.class_path.split(".")
    if executor[0] == "components":
        package = ".".join(executor[:2])
        packages.update((package, *_READS.get(package, ())))
    return packages


def _add_package(digest: "hashlib._Hash", package: str) -> None:
    with resources.as_file(resources.files(package)) as folder:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SUFFIXES:
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
