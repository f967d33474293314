"""Makes a version of a model so that it is there whole or not at all.

On a file system the files are copied beside, under a name that no server takes for a version, and
the folder is renamed. An object store cannot rename a folder, but writes each object whole: there
`saved_model.pb`, which servers and `vocabulary.versions` wait for, comes last. Either way a
manifest goes along, by which later damage is found.
"""

import contextlib
import re
import time

import tensorflow as tf
from tfx.utils import io_utils

from vocabulary.errors import UserError
from vocabulary.manifest import MANIFEST, as_manifest
from vocabulary.model_files import EXTRA, FIGURES, SAVED_MODEL, STATISTICS
from vocabulary.versions import HIGHEST, damage

_NUMBERED = re.compile(r"(?:\.|broken-)?([0-9]+)(?:\.partial|-[0-9]+)?")
"""Names that are versions, or were to be: those half-copied or set aside count as well."""


def partial(version: int | str) -> str:
    """The name under which a version is copied."""
    return f".{version}.partial"


def next_version(destination: str) -> int:
    """The number of a new version: the time in seconds, but above all there are.

    Servers take the highest, so with a clock that was set back the time alone would never serve.

    Raises UserError if there is no higher number.
    """
    names = tf.io.gfile.listdir(destination) if tf.io.gfile.isdir(destination) else []
    found = filter(None, (_NUMBERED.fullmatch(name.rstrip("/")) for name in names))
    highest = max((n for n in (int(match[1]) for match in found) if n <= HIGHEST), default=0)
    if highest == HIGHEST:
        raise UserError(f"{destination}/{highest} has the highest number there is; rename it")
    return max(int(time.time()), highest + 1)


def push(
    model: str, statistics: str, *, destination: str, version: int, blessing: str | None = None
) -> str:
    """Copies a SavedModel and the statistics of its data; gives the folder of the version.

    From the folder of a blessing it takes the figures that the model reached, where it has any.

    Raises UserError if the copy is not what was to be copied, as on a full disk.
    """
    folder = f"{destination}/{version}"
    remote = "://" in destination
    copy = folder if remote else f"{destination}/{partial(version)}"
    try:
        _copy(model, statistics, blessing, copy)
        if not remote:
            tf.io.gfile.rename(copy, folder)
    except BaseException:
        with contextlib.suppress(tf.errors.OpError):  # what went wrong first is what matters
            tf.io.gfile.rmtree(copy)
        raise
    return folder


def _copy(model: str, statistics: str, blessing: str | None, folder: str) -> None:
    io_utils.copy_dir(model, folder, deny_regex_patterns=[rf"/{re.escape(SAVED_MODEL)}$"])
    io_utils.copy_dir(statistics, f"{folder}/{STATISTICS}")
    if blessing and tf.io.gfile.exists(f"{blessing}/{FIGURES}"):
        io_utils.copy_file(f"{blessing}/{FIGURES}", f"{folder}/{EXTRA}/{FIGURES}")
    sizes = _sizes(model) | {f"{STATISTICS}/{p}": size for p, size in _sizes(statistics).items()}
    io_utils.write_string_file(f"{folder}/{MANIFEST}", as_manifest(sizes, also=STATISTICS))
    io_utils.copy_file(f"{model}/{SAVED_MODEL}", f"{folder}/{SAVED_MODEL}")
    if reason := damage(folder):
        raise UserError(f"{folder} was not copied whole: {reason}; is the disk full?")


def _sizes(folder: str) -> dict[str, int]:
    """Of all files under a folder, in bytes, by their paths in it."""
    return {
        f"{parent}/{name}".removeprefix(folder).lstrip("/"): int(
            tf.io.gfile.stat(f"{parent}/{name}").length
        )
        for parent, _, names in tf.io.gfile.walk(folder)
        for name in names
    }
