"""The installed versions of the libraries that code depends on.

The lock names them, but is not part of the package, and what runs is what is installed.
"""

import functools
from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = "digit-localizer"


def versions_below(imports: Iterable[str]) -> list[str]:
    """`NAME==VERSION` of the distributions that hold these packages, and of all that they require.

    Args:
        imports: names as they are imported; `yaml`, not `PyYAML`. Those of the standard library
            are in no distribution.
    """
    holders = _holders()
    waiting = [name for package in imports for name in holders.get(package, ())]
    versions: dict[str, str] = {}
    installed = _installed()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in installed and name not in versions and name != OURS:
            version, required = installed[name]
            versions[name] = version
            waiting += required
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


_holders = functools.cache(metadata.packages_distributions)


@functools.cache
def _installed() -> dict[str, tuple[str, list[str]]]:
    # Asked for once: it is parsed whenever it is.
    fields = (one.metadata for one in metadata.distributions())
    return {
        canonicalize_name(of["Name"]): (of["Version"], _required(of.get_all("Requires-Dist", [])))
        for of in fields
    }


def _required(requirements: list[str]) -> list[str]:
    parsed = map(Requirement, requirements)
    return [one.name for one in parsed if not one.marker or one.marker.evaluate({"extra": ""})]
