"""Watches the folder of versions: loads new ones, unloads deleted ones.

The newest versions that can be loaded are served. If one cannot be loaded, older ones stay, the
reason is in its status, and it is tried again when its files change: it may still be being copied.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from serving.errors import not_found
from serving.metrics import Metrics
from serving.model import Model
from serving.options import ServerOptions
from serving.warmup import warm_up
from vocabulary.versions import versions

State = Literal["LOADING", "AVAILABLE", "END"]
_Files = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class VersionStatus:
    """The state of a version; END if unloaded, or if it could not be loaded for a `reason`."""

    version: int
    state: State
    reason: str = ""


class ModelManager:
    """The versions of one model."""

    def __init__(self, options: ServerOptions, metrics: Metrics):
        self._options = options
        self._metrics = metrics
        self._models: dict[int, Model] = {}
        self._statuses: dict[int, VersionStatus] = {}
        self._failed: dict[int, _Files] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="versions", daemon=True)

    def start(self) -> None:
        """Loads the versions, then watches the folder from a thread.

        Raises OSError if the folder cannot be read.
        """
        self.refresh()
        self._thread.start()

    def stop(self) -> None:
        """Stops watching and unloads all versions."""
        self._stop.set()
        self._thread.join()
        self._unload(set(self._models))

    def statuses(self, version: int | None = None) -> list[VersionStatus]:
        """The statuses of all versions, newest first, or of one.

        Raises ServingError if there is no such version.
        """
        known = sorted(self._statuses.copy().values(), key=lambda s: s.version, reverse=True)
        statuses = [status for status in known if version in (None, status.version)]
        if not statuses:
            which = "any versions" if version is None else f"version {version}"
            raise not_found(f"Could not find {which} of model {self._options.model_name}")
        return statuses

    @property
    def serving(self) -> list[int]:
        """The loaded versions, newest first."""
        return sorted(self._models, reverse=True)

    @contextlib.contextmanager
    def use(self, version: int | None) -> Iterator[tuple[int, Model]]:
        """A version (None for the newest) and its model, which stays loaded within the context.

        Raises ServingError if it is not served.
        """
        while True:
            models = self._models
            wanted = max(models, default=None) if version is None else version
            if wanted is None or wanted not in models:
                name = self._options.model_name
                which = f"Latest({name})" if version is None else f"Specific({name}, {version})"
                raise not_found(f"Servable not found for request: {which}")
            with models[wanted].use() as usable:
                if usable:
                    yield wanted, models[wanted]
                    return
            # It was unloaded between the two lines: look again.

    def refresh(self) -> None:
        """Checks the folder once.

        If the folder is missing, as during a remount, the loaded versions stay, as with TensorFlow
        Serving's file_system_storage_path_source.

        Raises OSError if the folder cannot be read.
        """
        base = self._options.model_base_path
        pushed = versions(str(base))
        if not base.is_dir():  # asked last, for it may have gone while it was listed
            raise FileNotFoundError(f"{base} is missing")
        gone = set(self._models) - set(pushed)
        # Other versions are loaded, so deleted ones can go before a new one is loaded.
        if gone < set(self._models):
            self._unload(gone)
        serve: list[int] = []
        for version in reversed(pushed):
            if len(serve) < self._options.num_versions and self._available(version):
                serve.append(version)
        self._unload(set(self._models) - set(serve))
        for version in set(self._failed) - set(pushed):
            del self._failed[version]

    def _watch(self) -> None:
        problem = ""
        while not self._stop.wait(self._options.file_system_poll_wait_seconds):
            try:
                self.refresh()
                problem = ""
            except Exception as error:  # a failing file system must not end the watch
                if str(error) != problem:
                    problem = str(error)
                    logging.warning("checking for versions: %s; loaded versions stay", problem)

    def _available(self, version: int) -> bool:
        if version in self._models:
            return True
        folder = self._options.model_base_path / str(version)
        files = _files(folder)
        return self._failed.get(version) != files and self._load(version, folder, files)

    def _load(self, version: int, folder: Path, files: _Files) -> bool:
        self._statuses[version] = VersionStatus(version, "LOADING")
        logging.info("loading version %d", version)
        model = None
        try:
            # Batches run beside each other; spreading one over the cores takes twice the CPU time.
            model = Model(folder, threads_per_op=1)
            if self._options.enable_model_warmup:
                warm_up(model, folder, max_elements=self._options.max_request_bytes)
        except Exception as error:  # TensorFlow raises any exception for a broken model
            if model:
                model.unload()
            reason = _reason(error)
            logging.warning("version %d cannot be served: %s", version, reason)
            self._failed[version] = files
            self._statuses[version] = VersionStatus(version, "END", reason)
            self._metrics.loading(str(folder), success=False)
            return False
        self._models = {**self._models, version: model}
        self._failed.pop(version, None)
        self._statuses[version] = VersionStatus(version, "AVAILABLE")
        self._metrics.loading(str(folder), success=True)
        self._metrics.serves(version, loaded=True)
        logging.info("serving version %d", version)
        return True

    def _unload(self, gone: set[int]) -> None:
        for version in gone:
            model = self._models[version]
            self._models = {v: m for v, m in self._models.items() if v != version}
            self._statuses[version] = VersionStatus(version, "END")
            model.unload()
            self._metrics.serves(version, loaded=False)
            logging.info("version %d is unloaded", version)


def _files(folder: Path) -> _Files:
    """The paths, sizes and times of a version's files, which differ if the files changed."""
    try:
        stats = ((str(path), path.stat()) for path in sorted(folder.rglob("*")))
        return tuple((path, stat.st_size, stat.st_mtime_ns) for path, stat in stats)
    except FileNotFoundError:  # the version is being deleted
        return ()


def _reason(error: Exception) -> str:
    text = " ".join(str(getattr(error, "message", "") or error).split())
    return text.removeprefix("Graph execution error: ")[:500] or type(error).__name__
