"""The engines' own programs: downloaded or built once, into `build/engines/`."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CACHE = HERE.parents[3] / "build" / "engines"


def unpacked(package: str) -> Path:
    """The folder with what a line of requirements.txt carries for the JVM."""
    folder = CACHE / package
    if folder.is_dir():
        return folder
    scratch = CACHE / f"{package}.part"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    (line,) = [
        line
        for line in (HERE / "requirements.txt").read_text().splitlines()
        if line.startswith(package)
    ]
    (scratch / "one.txt").write_text(line)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    _require(
        [*pip, "--no-binary=:all:", f"--dest={scratch}", f"--requirement={scratch / 'one.txt'}"],
        f"{package} cannot be downloaded",
    )
    (archive,) = scratch.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(scratch, filter="data")
    archive.unlink()
    (deps,) = scratch.glob("*/deps")
    deps.rename(folder)
    shutil.rmtree(scratch)
    return folder


def beam_jar(runner: str) -> Path:
    """The jar of one of Beam's runners, as pom.xml makes it."""
    jar = CACHE / f"{runner}.jar"
    if not jar.is_file():
        scratch = CACHE / f"{runner}.part"
        command = ["mvn", "--quiet", "--batch-mode", f"--file={HERE / 'pom.xml'}", "package"]
        _require(
            [*command, f"-Drunner={runner}", f"-DbuildDirectory={scratch}"],
            f"{runner} cannot be put together",
        )
        (scratch / jar.name).rename(jar)
        shutil.rmtree(scratch)
    return jar


def require_java() -> None:
    for program in ("java", "mvn"):
        if not shutil.which(program):
            pytest.skip(f"Flink and Spark need {program}, which is not installed")


def _require(command: list[str], sentence: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        pytest.skip(f"{sentence}: {said[0] if said else done.returncode}")
