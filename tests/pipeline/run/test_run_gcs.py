"""A folder of pictures on Google Cloud Storage: the doctor, and a run, as of a folder here."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.pipeline.digits_process import settings, start_digits
from tests.pipeline.run.gcs import buckets
from tests.pipeline.run.test_run_folder import write_folder
from tests.pipeline.run.test_run_portable import made_in

pytestmark = pytest.mark.proof

BUCKET = "gs://pictures/mine"


class Bucket(NamedTuple):
    """A folder that is at BUCKET, too, for processes of an environment; and what they ask for."""

    folder: Path
    environment: Mapping[str, str]
    log: Path


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    data, files = tmp_path_factory.mktemp("buckets"), tmp_path_factory.mktemp("gcs")
    write_folder(data / "pictures/mine", train=64, test=32)
    with buckets(data, files) as environment:
        yield Bucket(data / "pictures/mine", environment, files / "log")


def test_the_doctor_finds_the_same_as_in_a_folder_here(bucket: Bucket, tmp_path: Path) -> None:
    folder, environment, _ = bucket

    def findings(place: str) -> Any:
        command = ["doctor", place, "--json"]
        ended = start_digits(*command, folder=tmp_path, environment=environment).wait()
        assert ended.code == 4, ended.stderr  # a spoilt picture
        return json.loads(ended.stdout) | {"folder": ""}

    assert findings(BUCKET) == findings(str(folder))


def test_a_run_has_the_examples_of_a_folder_here(bucket: Bucket, tmp_path: Path) -> None:
    folder, environment, _ = bucket

    def made(place: str, name: str) -> Any:
        (tmp_path / name).mkdir()
        mine = ["source.kind=folder", f"source.dir={place}", "source.tolerate=1"]
        mine += ["task.classes=[cat, dog, 7]", "evaluation.minimum=5"]
        command = ["run", "--json", "--workspace", str(tmp_path / name / "workspace")]
        ended = start_digits(
            *command, *settings(*mine), folder=tmp_path / name, environment=environment
        ).wait()
        assert ended.code == 0, ended.stderr
        return made_in(tmp_path / name, json.loads(ended.stdout))

    assert made(BUCKET, "there") == made(str(folder), "here")


def test_names_sizes_and_times_are_asked_for_together(bucket: Bucket) -> None:
    before = bucket.log.read_text().count("GET ")
    script = (
        "from vocabulary.labels.files import list_folder, sizes_and_times\n"
        f"folder = list_folder({BUCKET!r})\n"
        "print(len(folder.files), all(sizes_and_times(folder, folder.files)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **bucket.environment}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    assert ended.stdout.split() == [str(2 * 96 + 1), "True"]  # pictures, labels, their classes
    assert bucket.log.read_text().count("GET ") - before < 10


def test_a_bucket_without_the_folder_is_a_sentence(bucket: Bucket, tmp_path: Path) -> None:
    command = ["doctor", f"{BUCKET}s"]
    ended = start_digits(*command, folder=tmp_path, environment=bucket.environment).wait()
    assert ended.code == 1
    assert f"there is no folder {BUCKET}s" in ended.stderr
