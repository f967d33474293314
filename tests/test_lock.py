"""The lock: every override in it must still be needed, and it must name no index."""

import re
from importlib.metadata import distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]


def _overridden() -> list[str]:
    lines = (ROOT / "requirements-overrides.txt").read_text().splitlines()
    return [Requirement(line.partition("#")[0]).name for line in lines if line.partition("#")[0]]


def _bounds_on(name: str) -> list[tuple[str, Requirement]]:
    """What installed packages ask of another, extras left out."""
    return [
        (distribution.name, requirement)
        for distribution in distributions()
        for requirement in map(Requirement, distribution.requires or [])
        if canonicalize_name(requirement.name) == canonicalize_name(name)
        and (requirement.marker is None or requirement.marker.evaluate({"extra": ""}))
    ]


@pytest.mark.parametrize("name", _overridden())
def test_an_override_is_still_needed(name: str) -> None:
    refused = [
        package
        for package, requirement in _bounds_on(name)
        if not requirement.specifier.contains(version(name), prereleases=True)
    ]
    assert refused, f"no package refuses {name} {version(name)} any more: drop its override"


@pytest.mark.parametrize("file", sorted(path.name for path in ROOT.glob("*.lock")))
def test_a_lock_has_hashes_and_names_no_index(file: str) -> None:
    lock = (ROOT / file).read_text()
    pins = re.findall(r"^\S+==\S+ \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[A-Za-z0-9]\S*==", lock, re.MULTILINE)) > 0
    assert "://" not in lock
    assert "index" not in re.findall(r"^--(\S+)", lock, re.MULTILINE)


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock"])
def test_what_is_installed_is_what_is_locked(file: str) -> None:
    pins = re.findall(r"^(\S+?)(?:\[.*\])?==(\S+) \\", (ROOT / file).read_text(), re.MULTILINE)
    # As versions: a wheel may call 2.1 2.001.
    wrong = {name: locked for name, locked in pins if Version(version(name)) != Version(locked)}
    assert not wrong


def test_nothing_in_the_lock_takes_the_name_of_our_packages() -> None:
    ours = {"components", "evaluation", "kubeflow", "pipeline", "serving", "trainer", "vocabulary"}
    taken = {
        (distribution.name, file.parts[0])
        for distribution in distributions()
        for file in distribution.files or []
        if file.parts[0] in ours and distribution.name != "digit-localizer"
    }
    assert not taken
