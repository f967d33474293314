"""`digits compile` as a user types it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kubeflow.compile_command import compile_to_file
from vocabulary.errors import UserError

DIGITS = Path(sys.executable).with_name("digits")


def compile_(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DIGITS, "compile", *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )


@pytest.mark.slow
def test_file_is_written_and_checked(tmp_path: Path) -> None:
    ended = compile_(
        *("--target", "kubeflow", "--output", "new/p.yaml", "--image", "registry.example/d:1"),
        *("--pipeline-root", "s3://bucket/root", "--check"),
        *("--set", "kubeflow.push_destination=gs://bucket/serving"),
        cwd=tmp_path,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "components for kubeflow" in ended.stdout
    assert "rules of the back end hold" in ended.stdout
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["p.yaml"]


def test_what_would_be_refused_is_said_and_not_written(configure: Any, tmp_path: Path) -> None:
    config = configure(
        "kubeflow.image=registry.example/d:1",
        "kubeflow.pipeline_root=s3://bucket/root",
        "kubeflow.push_destination=gs://bucket/serving",
    )
    with pytest.raises(UserError) as caught:
        compile_to_file(config, "vertex", tmp_path / "p.json", check=True)
    first, second = str(caught.value).splitlines()
    assert first == "vertex would refuse this pipeline:"
    assert second.startswith("the pipeline root s3://bucket/root is not a bucket, gs://")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", "vertex", "--output", "p.yaml"], "--output p.yaml: the file for vertex must"),
        (["--target", "vertex", "--output", "p.json"], "kubeflow.image is not set; name it in"),
    ],
)
def test_slip_is_a_sentence(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    ended = compile_(*arguments, cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"digits: {sentence}")
    assert len(ended.stderr.splitlines()) == 1
