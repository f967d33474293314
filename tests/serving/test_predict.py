"""`digits predict`: what it reads, what it skips, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from known_model import drawn, picture
from PIL import Image
from typer.testing import CliRunner, Result

from pipeline.cli import app
from serving.options import ServerOptions
from serving.server import Addresses, running


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "deeper").mkdir(parents=True)
    for digit in range(3):
        (tmp_path / "in" / f"{digit}.png").write_bytes(drawn(digit))
    (tmp_path / "in" / "deeper" / "5.jpg").write_bytes(drawn(5, suffix=".jpg"))
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    return tmp_path / "in"


def test_a_folder_is_read_with_the_newest_version(saved: Path, folder: Path) -> None:
    workspace = folder.parent / "workspace"
    (workspace / "serving").mkdir(parents=True)
    (workspace / "serving" / "digits").symlink_to(saved)
    ended = ask(folder, "--workspace", workspace, "--json")
    assert ended.exit_code == 0, ended.stderr
    found = json.loads(ended.stdout)["predictions"]
    assert [row["digit"] for row in found] == [0, 1, 2, 5]
    assert {row["box"][2] for row in found} == {0.25}  # version 4


@pytest.mark.parametrize("protocol", ["rest", "grpc"])
def test_a_server_reads_what_a_glob_matches(server: Addresses, folder: Path, protocol: str) -> None:
    url = server.rest if protocol == "rest" else f"grpc://{server.grpc}"
    ended = ask(folder / "*.png", "--url", url, "--json")
    assert ended.exit_code == 0, ended.stderr
    assert [row["digit"] for row in json.loads(ended.stdout)["predictions"]] == [0, 1, 2]


@pytest.mark.slow
def test_tensorflow_says_nothing_of_itself(server: Addresses, folder: Path) -> None:
    digits = Path(sys.executable).with_name("digits")
    done = subprocess.run(
        [digits, "predict", folder, "--url", f"grpc://{server.grpc}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


def test_a_glob_that_matches_folders_alone_matches_no_file(saved: Path, folder: Path) -> None:
    ended = ask(folder / "deep*", "--model", saved / "1")
    assert ended.exit_code == 1
    assert "matches no file" in ended.stderr


def test_unreadable_files_are_named_and_the_others_read(saved: Path, folder: Path) -> None:
    (folder / "cut.png").write_bytes(picture(3)[:40])
    ended = ask(folder, folder / "notes.txt", folder / "none.png", "--model", saved / "1", "--json")
    assert ended.exit_code == 1
    answer = json.loads(ended.stdout)
    assert [row["digit"] for row in answer["predictions"]] == [0, 1, 2, 5]
    names = [Path(row["picture"]).name for row in answer["unreadable"]]
    assert names == ["cut.png", "notes.txt", "none.png"]
    for name in names:
        assert name in ended.stderr


def test_the_table_names_picture_and_digit(saved: Path, folder: Path) -> None:
    ended = ask(folder / "2.png", "--model", saved / "1")
    assert ended.exit_code == 0
    assert "1.000" in ended.stdout


def test_boxes_are_drawn_around_what_was_found(saved: Path, folder: Path) -> None:
    output = folder.parent / "out"
    ended = ask(folder, "--model", saved / "2", "--output", output, "--json")
    assert ended.exit_code == 0, ended.stderr
    assert sorted(p.name for p in output.iterdir()) == ["0.png", "1.png", "2.png", "5.png"]
    with Image.open(output / "0.png") as drawn:
        orange = [x for x in range(drawn.width) if drawn.getpixel((x, drawn.height // 2))[0] > 200]
    assert abs(max(orange) / drawn.width - 0.5) < 0.02  # xmax of version 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--workspace", "/nowhere"], "holds no model"),
        (["--url", "ftp://x"], "is not the address of a server"),
        (["--url", "http://127.0.0.1:9"], "cannot be reached"),
        (["--url", "http://x", "--model", "y"], "give one"),
        (["--set", "beam.runner=local"], "--set is for --beam"),
        (["--model", "/nowhere"], "holds no model"),
    ],
)
def test_a_mistake_is_one_sentence(folder: Path, arguments: list[str], sentence: str) -> None:
    ended = ask(folder, *arguments)
    assert ended.exit_code == 1
    assert sentence in ended.stderr.replace("\n", " ")
    assert ended.stderr.count("digits: ") == 1


def test_a_picture_that_the_server_refuses_is_named_and_the_others_read(
    saved: Path, folder: Path
) -> None:
    options = ServerOptions(
        model_base_path=saved, port=0, rest_api_port=0, max_request_pixels=20_000
    )
    (folder / "large.png").write_bytes(drawn(5, side=300))
    with running(options) as addresses:
        ended = ask(folder, "--url", addresses.rest, "--json")
    assert ended.exit_code == 1
    answer = json.loads(ended.stdout)
    assert [row["digit"] for row in answer["predictions"]] == [0, 1, 2, 5]
    assert [Path(row["picture"]).name for row in answer["unreadable"]] == ["large.png"]


def test_drawing_never_overwrites_what_is_read(saved: Path, folder: Path) -> None:
    before = (folder / "1.png").read_bytes()
    ended = ask(folder, "--model", saved / "1", "--output", folder)
    assert ended.exit_code == 0, ended.stderr
    assert (folder / "1.png").read_bytes() == before
    assert (folder / "1-2.png").is_file()
