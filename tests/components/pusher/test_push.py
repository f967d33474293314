"""Pushing, broken off at every step: the old state or the new one, and nothing between them."""

import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import tensorflow as tf

from components.pusher.push import next_version, push
from tests.vocabulary.tiny_model import WEIGHTS, cut, read_weight, save_tiny
from vocabulary.errors import UserError
from vocabulary.manifest import MANIFEST
from vocabulary.model_files import STATISTICS
from vocabulary.versions import HIGHEST, damage, versions, whole_versions

NOW = 1_700_000_000
SEEN = ["saved_model.pb", WEIGHTS, MANIFEST, f"{STATISTICS}/Split-eval/FeatureStats.pb"]


@pytest.fixture
def model_and_statistics(tmp_path: Path) -> tuple[str, str]:
    """A model and statistics."""
    statistics = tmp_path / "statistics/Split-eval/FeatureStats.pb"
    statistics.parent.mkdir(parents=True)
    statistics.write_text("counted")
    return str(save_tiny(tmp_path / "model")), str(tmp_path / "statistics")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], NOW),
        ([str(NOW - 5)], NOW),
        ([str(NOW)], NOW + 1),
        ([str(NOW + 100), "3"], NOW + 101),
        ([f"broken-{NOW + 100}"], NOW + 101),
        ([f"broken-{NOW + 100}-2"], NOW + 101),
        ([f".{NOW + 100}.partial"], NOW + 101),
        (["20991231235959"], 20991231235960),
        (["99999999999999999999", "notes", "v12", "latest"], NOW),
    ],
)
def test_next_version_is_above_all_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], expected: int
) -> None:
    monkeypatch.setattr("time.time", lambda: NOW + 0.9)
    for name in names:
        (tmp_path / name).mkdir()
    assert next_version(str(tmp_path)) == expected


def test_version_serves_though_the_clock_was_set_back(
    tmp_path: Path, model_and_statistics: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = str(tmp_path / "serving")
    for days_back in (0, 30, 60):
        monkeypatch.setattr("time.time", lambda back=days_back: NOW - back * 86400)
        version = next_version(destination)
        push(*model_and_statistics, destination=destination, version=version)
        assert next(whole_versions(destination)) == version


def test_where_there_is_no_higher_number_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / str(HIGHEST)).mkdir()
    with pytest.raises(UserError, match=f"{HIGHEST} has the highest number there is"):
        next_version(str(tmp_path))


def test_version_is_whole_and_carries_its_statistics(
    tmp_path: Path, model_and_statistics: tuple[str, str]
) -> None:
    folder = Path(push(*model_and_statistics, destination=str(tmp_path / "serving"), version=7))
    assert folder == tmp_path / "serving/7"
    assert damage(str(folder)) == ""
    assert all((folder / name).is_file() for name in SEEN)
    for name in SEEN:
        content = (folder / name).read_bytes()
        cut(folder / name)
        assert damage(str(folder)), name
        (folder / name).write_bytes(content)


BROKEN_OFF = """
import os, signal, sys
import tensorflow as tf
from components.pusher.push import push
from tfx.dsl.io import fileio

steps = 0
def counted(real):
    def call(*arguments, **options):
        global steps
        if steps == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        steps += 1
        if real is fileio.copy and steps == int(sys.argv[1]):  # in the middle of a file
            with open(arguments[0], "rb") as file, open(arguments[1], "wb") as half:
                content = file.read()
                half.write(content[: len(content) // 2])
            return
        return real(*arguments, **options)
    return call

fileio.copy, fileio.makedirs = counted(fileio.copy), counted(fileio.makedirs)
tf.io.gfile.rename = counted(tf.io.gfile.rename)
print("ready", flush=True)
for line in sys.stdin:
    if os.fork() == 0:
        sys.argv[1] = line
        push(sys.argv[2], sys.argv[3], destination=sys.argv[4], version=8)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


@pytest.fixture
def broken_off(
    tmp_path: Path, model_and_statistics: tuple[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A process that pushes version 8 in a fork, killed at the step whose number it reads."""
    command = [sys.executable, "-c", textwrap.dedent(BROKEN_OFF), "0", *model_and_statistics]
    with subprocess.Popen(
        [*command, str(tmp_path / "serving")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.slow
def test_kill_at_any_step_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, model_and_statistics: tuple[str, str], broken_off: subprocess.Popen[str]
) -> None:
    serving = tmp_path / "serving"
    push(*model_and_statistics, destination=str(serving), version=7)
    codes = []
    for step in range(100):
        assert broken_off.stdin is not None
        assert broken_off.stdout is not None
        print(step, file=broken_off.stdin, flush=True)
        codes.append(int(broken_off.stdout.readline()))
        if codes[-1] == 0:
            break
        assert versions(str(serving)) == [7], step
        assert sorted(path.name for path in serving.glob("[0-9]*")) == ["7"], step
        assert next_version(str(serving)) > 8
        shutil.rmtree(serving / ".8.partial", ignore_errors=True)
    assert codes == [-signal.SIGKILL] * (len(codes) - 1) + [0]
    assert len(codes) > 8
    assert damage(str(serving / "8")) == ""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few pages, less than the model takes."""
    mount = tmp_path / "disk"
    mount.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(mount)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no permission to mount a small disk")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def test_full_disk_leaves_nothing_of_the_version(
    small_disk: Path, model_and_statistics: tuple[str, str]
) -> None:
    with pytest.raises((OSError, UserError, tf.errors.OpError)):
        push(*model_and_statistics, destination=str(small_disk), version=8)
    assert list(small_disk.iterdir()) == []


def test_copy_that_is_short_is_no_version(
    tmp_path: Path, model_and_statistics: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(source: str, target: str) -> None:
        Path(target).write_bytes(Path(source).read_bytes()[:-1])

    monkeypatch.setattr("components.pusher.push.io_utils.copy_file", short)
    with pytest.raises(UserError, match=r"not copied whole: saved_model.pb has .* bytes"):
        push(*model_and_statistics, destination=str(tmp_path / "serving"), version=8)
    assert list((tmp_path / "serving").iterdir()) == []


def test_object_store_gets_the_graph_last(
    model_and_statistics: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    destination, order = "ram://bucket/serving", []
    real = tf.io.gfile.copy

    def copy(source: str, target: str, *, overwrite: bool = False) -> None:
        order.append(target)
        assert versions(destination) == []
        real(source, target, overwrite)

    monkeypatch.setattr(tf.io.gfile, "copy", copy)
    version = next_version(destination)
    folder = push(*model_and_statistics, destination=destination, version=version)
    assert folder == f"{destination}/{version}"
    assert list(whole_versions(destination)) == [version]
    assert damage(folder) == ""
    assert order[-1] == f"{folder}/saved_model.pb"
    assert len(order) >= len(SEEN) - 1
    with tf.io.gfile.GFile(f"{folder}/{WEIGHTS}", "wb") as file:
        file.write(b"torn")
    assert damage(folder).startswith(f"{WEIGHTS} has ")


def test_push_over_a_version_that_came_in_between_is_refused(
    tmp_path: Path, model_and_statistics: tuple[str, str]
) -> None:
    save_tiny(tmp_path / "serving/7", 3)
    with pytest.raises((OSError, UserError, tf.errors.OpError)):
        push(*model_and_statistics, destination=str(tmp_path / "serving"), version=7)
    assert read_weight(tmp_path / "serving/7") == 3
    assert [path.name for path in (tmp_path / "serving").iterdir()] == ["7"]
