"""Folders of this machine that stand for buckets, object stores and mounted volumes.

Specs, the cache and what is handed from task to task hold addresses; only what a command is given,
and what it gives back, goes through here. So a workspace may be moved.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from google.protobuf import json_format, message

from kubeflow.launcher_paths import FOLDERS
from kubeflow.parameters import opened

EXECUTED: Final = "executed"
"""The folder of a workspace that holds all of its compiled pipelines."""
READ_BY_CONTAINERS: Final = "gs"
"""The one scheme of which TensorFlow and Beam know the file system; launchers copy the others."""
Message = TypeVar("Message", bound=message.Message)


@dataclass(frozen=True)
class Folders:
    """`gs://BUCKET/x` is `ROOT/gs/BUCKET/x`; of a mounted volume, `ROOT/volumes/CLAIM/x`.

    `root` is absolute; `volumes` says which claim is mounted at each path of a container.
    """

    root: Path
    volumes: Mapping[str, str] = field(default_factory=dict)

    def path(self, address: str) -> Path:
        """Where what is at an address lies here."""
        scheme, separator, rest = address.partition("://")
        if separator and scheme in FOLDERS:
            return self.root / scheme / rest
        return Path(self._localized_text(address))

    def localized(self, message: Message) -> Message:
        """A copy with paths of this machine for all that containers read and write themselves."""
        return _changed_message(message, self._localized_text)

    def restored(self, message: Message) -> Message:
        """A copy in which paths under these folders are addresses again."""
        return _changed_message(message, self._restored_text)

    def localized_word(self, word: str) -> str:
        """A word of a command, which may hold JSON, with paths in place of addresses."""
        return str(_changed(word, self._localized_text))

    def _localized_text(self, text: str) -> str:
        if text.startswith(f"{self.root}/"):  # a container's own, and a volume may be at /
            return text
        for mount, folder in self._mounts():
            text, count = re.subn(rf"(^|=){re.escape(mount)}(?=/|$)", rf"\g<1>{folder}", text)
            if count:
                return text
        return text.replace(f"{READ_BY_CONTAINERS}://", f"{self.root}/{READ_BY_CONTAINERS}/")

    def _restored_text(self, text: str) -> str:
        for mount, folder in self._mounts():
            text = re.sub(rf"{re.escape(folder)}(?=/|$)", mount, text)
        return text.replace(f"{self.root}/{READ_BY_CONTAINERS}/", f"{READ_BY_CONTAINERS}://")

    def _mounts(self) -> list[tuple[str, str]]:
        """The paths in a container and here; deeper ones first, which others may hold."""
        return [
            (mount, f"{self.root}/volumes/{claim}")
            for mount, claim in sorted(self.volumes.items(), reverse=True)
        ]


def _changed_message(message: Message, change: Callable[[str], str]) -> Message:
    tree = _changed(json_format.MessageToDict(message), change)
    return json_format.ParseDict(tree, type(message)())


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """A tree with another text in place of each; texts of JSON are opened and closed again."""
    inner = opened(value)
    if isinstance(inner, dict):
        changed: Any = {key: _changed(item, change) for key, item in inner.items()}
    elif isinstance(inner, list):
        changed = [_changed(item, change) for item in inner]
    else:
        return change(value) if isinstance(value, str) else value
    if not isinstance(value, str):
        return changed
    return value if changed == inner else json.dumps(changed)
