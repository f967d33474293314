"""Runs in which a component fails, or the disk is full: a sentence, and nothing half-written."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.pipeline.digits_process import Ended, digits, half_written, settings, start_digits

pytestmark = pytest.mark.slow

NO_NETWORK = {"https_proxy": "http://127.0.0.1:9", "no_proxy": "localhost,127.0.0.1"}


@pytest.mark.parametrize("runner", ["local", "local_processes"])
def test_failing_component_is_one_sentence_with_reason_and_log(tmp_path: Path, runner: str) -> None:
    empty = tmp_path / "no-digits"
    empty.mkdir()
    over = ["source.kind=mnist", f"source.dir={empty}", f"beam.runner={runner}", "beam.workers=2"]
    workspace = tmp_path / "workspace"
    ended = digits("run", *settings(*over), workspace=workspace, environment=NO_NETWORK)
    log = next(workspace.glob("runs/*/run.log"))
    sentence, where = ended.stderr.splitlines()
    assert ended.code == 1
    assert sentence.startswith(f"digits: DigitExampleGen failed: {empty} has no train-images")
    assert "--set source.dir=FOLDER" in sentence
    assert where == f"The log is {log}"
    assert ended.stdout == ""
    assert "Traceback" in log.read_text()
    assert half_written(workspace) == []
    assert list(empty.iterdir()) == []


class SmallDisk(NamedTuple):
    """A workspace on a disk of its own, seen only by the processes in its mount namespace."""

    folder: Path
    mount: Path
    holder: int

    def resize(self, size: str) -> None:
        enter = ["nsenter", "-t", str(self.holder), "-m"]
        subprocess.run([*enter, "mount", "-o", f"remount,size={size}", str(self.mount)], check=True)

    def run(self, *, size: str) -> Ended:
        self.resize(size)
        return start_digits(
            "run",
            "--workspace",
            str(self.mount / "workspace"),
            *settings(),
            folder=self.folder,
            namespace=Path(f"/proc/{self.holder}/ns/mnt"),
        ).wait()

    def copy(self) -> Path:
        """A copy of the workspace that is seen from here."""
        seen = Path(f"/proc/{self.holder}/root{self.mount}/workspace")
        return Path(shutil.copytree(seen, self.folder / "copy"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    mount = tmp_path / "disk"
    mount.mkdir()
    script = f"mount -t tmpfs -o size=1m none {mount} && echo mounted && exec sleep 3600"
    with subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", script], stdout=subprocess.PIPE, text=True
    ) as holder:
        try:
            assert holder.stdout is not None
            if holder.stdout.readline() != "mounted\n":
                pytest.skip("no permission to mount a small disk")
            yield SmallDisk(tmp_path, mount, holder.pid)
        finally:
            holder.kill()


def test_full_disk_is_a_sentence_and_with_more_room_the_run_goes_on(small_disk: SmallDisk) -> None:
    for size, components in (
        ("900k", ("DigitExampleGen",)),
        ("1400k", ("DigitSchemaGen", "StatisticsGen", "ExampleValidator", "Transform")),  # and logs
        ("2m", ("Trainer",)),
    ):
        ended = small_disk.run(size=size)
        sentence = next(line for line in ended.stderr.splitlines() if line.startswith("digits: "))
        assert ended.code == 1
        assert sentence.startswith(tuple(f"digits: {name} failed: " for name in components))
        assert "No space left on device" in sentence or "disk is full" in sentence
        assert " MB are free on the disk that holds " in sentence
        assert "Traceback" not in ended.stderr
        assert ended.stdout == ""
    ended = small_disk.run(size="64m")
    assert ended.code == 0, ended.stderr
    assert half_written(small_disk.copy()) == []
    transform = next(line for line in ended.stderr.splitlines() if "Transform" in line)
    assert transform.endswith("cached")


def test_full_folder_for_temporary_files_is_a_sentence(small_disk: SmallDisk) -> None:
    small_disk.resize("500k")
    ended = start_digits(
        "run", "--workspace", str(small_disk.folder / "workspace"), *settings(),
        folder=small_disk.folder,
        environment={"TMPDIR": str(small_disk.mount)},
        namespace=Path(f"/proc/{small_disk.holder}/ns/mnt"),
    ).wait()  # fmt: skip
    assert (ended.code, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"digits: the folder for temporary files, {small_disk.mount}, cannot be used: No space "
        "left on device; make room there, or set TMPDIR to another folder\n"
    )


@pytest.mark.parametrize("size", ["100k", "250k", "400k"])
def test_disk_too_small_for_the_database_is_a_sentence(small_disk: SmallDisk, size: str) -> None:
    ended = small_disk.run(size=size)
    assert ended.code == 1
    assert ended.stderr.startswith("digits: ")
    assert "Traceback" not in ended.stderr
    assert "disk is full" in ended.stderr or "No space left on device" in ended.stderr
