"""Bulk inference: all three forms say the same, and nothing is half-written."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import tensorflow as tf
from typer.testing import CliRunner, Result

from cli.app import app
from tests.serving.known_model import drawn
from vocabulary import features


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for digit in (0, 4, 5):
        (tmp_path / "in" / f"{digit}.png").write_bytes(drawn(digit))
    return tmp_path / "in"


def read(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["predict", "--beam", *map(str, arguments)])


def test_examples_csv_and_parquet_say_what_the_model_read(saved: Path, folder: Path) -> None:
    output = folder.parent / "out"
    ended = read(folder, "--model", saved, "--output", output)
    assert ended.exit_code == 0, ended.output
    expected = {str(folder / f"{digit}.png"): digit for digit in (0, 4, 5)}

    with (output / "predictions.csv").open(newline="") as file:
        rows = {row["picture"]: row for row in csv.DictReader(file)}
    assert {name: int(row["digit"]) for name, row in rows.items()} == expected
    assert {int(row["right"]) for row in rows.values()} == {15}  # of 60 pixels, by version 4

    records = pq.read_table(output / "predictions.parquet").to_pylist()
    assert {record["picture"]: record["digit"] for record in records} == expected
    assert {tuple(record["box"]) for record in records} == {(0.0, 0.0, 0.25, 1.0)}

    examples = [
        tf.train.Example.FromString(record.numpy()).features.feature
        for record in tf.data.TFRecordDataset(str(output / "predictions.tfrecord"))
    ]
    names = [e[features.SOURCE_ID].bytes_list.value[0].decode() for e in examples]
    digits = [e[features.prediction("digit")].int64_list.value[0] for e in examples]
    boxes = {tuple(e[features.prediction("box")].float_list.value) for e in examples}
    assert dict(zip(names, digits, strict=True)) == expected
    assert boxes == {(0, 0, 0.25, 1)}


@pytest.mark.slow
def test_beam_reads_in_processes_of_its_own(saved: Path, folder: Path) -> None:
    output = folder.parent / "out"
    runner = ("--set", "beam.runner=local_processes", "--set", "beam.workers=2")
    ended = read(folder, "--model", saved, "--output", output, *runner)
    assert ended.exit_code == 0, ended.output
    with (output / "predictions.csv").open(newline="") as file:
        digits = {Path(row["picture"]).stem: row["digit"] for row in csv.DictReader(file)}
    assert digits == {"0": "0", "4": "4", "5": "5"}
    assert len(pq.read_table(output / "predictions.parquet")) == 3


def test_unreadable_files_are_written_down_and_have_an_exit_status(
    saved: Path, folder: Path
) -> None:
    (folder / "cut.png").write_bytes(drawn(3)[:40])
    output = folder.parent / "out"
    ended = read(folder, "--model", saved / "1", "--output", output, "--json")
    assert ended.exit_code == 4
    assert "cut.png" in ended.stderr
    summary = json.loads(ended.stdout)
    assert (summary["read"], summary["output"]) == (3, str(output))
    assert [Path(row["picture"]).name for row in summary["unreadable"]] == ["cut.png"]
    with (output / "unreadable.csv").open(newline="") as file:
        assert [Path(row["picture"]).name for row in csv.DictReader(file)] == ["cut.png"]
    with (output / "predictions.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give --output"),
        (["--output", "OUT", "--url", "http://127.0.0.1:1"], "no --url"),
        (["--output", "OUT", "--set", "beam.runner=nowhere"], "beam.runner"),
    ],
)
def test_a_mistake_writes_nothing(
    saved: Path, folder: Path, arguments: list[str], sentence: str
) -> None:
    output = folder.parent / "out"
    arguments = [str(output) if word == "OUT" else word for word in arguments]
    model = [] if "--url" in arguments else ["--model", saved]
    ended = read(folder, *model, *arguments)
    assert ended.exit_code == 1
    assert sentence in ended.stderr
    assert not output.exists()


def test_a_folder_that_is_there_is_left_alone(saved: Path, folder: Path) -> None:
    ended = read(folder, "--model", saved, "--output", folder)
    assert ended.exit_code == 1
    assert "is there already" in ended.stderr
