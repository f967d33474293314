"""`digits predict`: what it reads, what it skips, and how it ends."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from cli.app import app
from serving.client import connect
from serving.options import ServerOptions
from serving.server import Addresses, running
from tests.serving.ink_pictures import BLANK, ON_PAPER, encoded, two_digits
from tests.serving.known_model import drawn, picture
from vocabulary.errors import UserError
from vocabulary.model_files import CARD


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
    predictions = json.loads(ended.stdout)["predictions"]
    assert [row["digit"] for row in predictions] == [0, 1, 2, 5]
    assert {row["box"][2] for row in predictions} == {0.25}  # version 4


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
    assert ended.exit_code == 4
    answer = json.loads(ended.stdout)
    assert [row["digit"] for row in answer["predictions"]] == [0, 1, 2, 5]
    names = [Path(row["picture"]).name for row in answer["unreadable"]]
    assert names == ["cut.png", "notes.txt", "none.png"]
    for name in names:
        assert name in ended.stderr


def test_no_file_that_can_be_read_is_a_failure(saved: Path, folder: Path) -> None:
    ended = ask(folder / "notes.txt", folder / "none.png", "--model", saved / "1", "--json")
    assert ended.exit_code == 1
    assert json.loads(ended.stdout)["predictions"] == []


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
        (["--task", "localization"], "--task is for --url"),
        (["--find", "--beam", "--output", "x"], "--find is not for --beam"),
        (["--url", "http://127.0.0.1:9", "--task", "sums"], "there is no task sums"),
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
    assert ended.exit_code == 4
    answer = json.loads(ended.stdout)
    assert [row["digit"] for row in answer["predictions"]] == [0, 1, 2, 5]
    assert [Path(row["picture"]).name for row in answer["unreadable"]] == ["large.png"]


def test_drawing_never_overwrites_what_is_read(saved: Path, folder: Path) -> None:
    before = (folder / "1.png").read_bytes()
    ended = ask(folder, "--model", saved / "1", "--output", folder)
    assert ended.exit_code == 0, ended.stderr
    assert (folder / "1.png").read_bytes() == before
    assert (folder / "1-2.png").is_file()


def predicted(
    picture: Image.Image, folder: Path, *arguments: str | Path, name: str = "a.png"
) -> dict:
    """The one row that there is of a picture."""
    picture.save(folder.parent / name)
    ended = ask(folder.parent / name, "--json", *arguments)
    assert ended.exit_code == 0, ended.stderr
    [row] = json.loads(ended.stdout)["predictions"]
    return row


def test_a_picture_without_ink_has_no_digit(saved: Path, folder: Path) -> None:
    blank = Image.fromarray(BLANK[0].pixels)
    row = predicted(blank, folder, "--model", saved / "1", "--output", folder.parent / "out")
    assert (row["digit"], row["box"], row["pixels"], row["probabilities"]) == (None, None, None, [])
    assert row["unsure"] == ["no ink"]
    assert (folder.parent / "out" / "a.png").is_file()
    table = ask(folder.parent / "a.png", "--model", saved / "1").stdout
    assert "none" in table
    assert "? no ink" in table


def test_blank_pictures_alone_are_not_sent(
    server: Addresses, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.client._Client._ask", lambda *_: pytest.fail("it was sent"))
    blank = Image.fromarray(BLANK[0].pixels)
    assert predicted(blank, folder, "--url", server.rest)["digit"] is None


def test_ink_on_paper_is_inverted_and_its_box_is_of_the_picture(saved: Path, folder: Path) -> None:
    picture = ON_PAPER[0]  # 600 x 450, the ink 224 pixels high, its middle at x = 260
    row = predicted(Image.fromarray(picture.pixels), folder, "--model", saved / "4")
    xmin, _, xmax, _ = picture.box
    side = (picture.box[3] - picture.box[1]) / 0.28
    # Version 4 finds what it finds in the left quarter of what it is sent.
    assert row["pixels"][2] == pytest.approx((xmin + xmax) / 2 - side / 4, abs=20)
    as_it_is = predicted(
        Image.fromarray(picture.pixels), folder, "--model", saved / "4", "--invert", "no"
    )
    assert as_it_is["pixels"] == [0, 0, 150, 450]
    assert as_it_is["unsure"] == ["light paper, not inverted"]


def test_more_than_one_digit_is_marked(saved: Path, folder: Path) -> None:
    row = predicted(Image.fromarray(two_digits().pixels), folder, "--model", saved / "1")
    assert row["unsure"] == ["more than one digit: read them with --find"]


def test_all_digits_are_found_drawn_and_joined(saved: Path, folder: Path) -> None:
    where = ("--model", saved / "1", "--output", folder.parent / "out", "--find")
    row = predicted(Image.fromarray(two_digits().pixels), folder, *where)
    assert row["number"] == "00"  # what this model reads in a little ink
    assert row["unsure"] == []
    left, right = (digit["pixels"] for digit in row["digits"])
    assert left[0] < right[0]
    assert (folder.parent / "out" / "a.png").is_file()
    table = ask(folder.parent / "a.png", "--model", saved / "1", "--find").stdout
    assert len([line for line in table.splitlines() if "1.000" in line]) == 3


def test_a_model_that_reads_a_picture_as_a_whole_finds_nothing(saved: Path, folder: Path) -> None:
    model = shutil.copytree(saved / "1", folder.parent / "whole")
    (model / CARD).parent.mkdir()
    (model / CARD).write_text('{"task": "classification"}')
    ended = ask(folder, "--model", model, "--find")
    assert ended.exit_code == 1
    assert (
        "for the task classification reads a picture as a whole, and finds nothing" in ended.stderr
    )


def test_nothing_to_find_and_files_that_are_none_are_predicted(saved: Path, folder: Path) -> None:
    Image.fromarray(BLANK[0].pixels).save(folder.parent / "blank.png")
    ended = ask(
        folder.parent / "blank.png",
        folder / "notes.txt",
        "--find",
        "--model",
        saved / "1",
        "--json",
    )
    assert ended.exit_code == 4
    answer = json.loads(ended.stdout)
    assert [(row["number"], row["unsure"]) for row in answer["predictions"]] == [(None, ["no ink"])]
    assert [Path(row["picture"]).name for row in answer["unreadable"]] == ["notes.txt"]


def test_a_client_finds_all_digits(server: Addresses) -> None:
    with connect(server.rest) as client:
        two, blank = client.find([encoded(two_digits()), encoded(BLANK[0])])
        with pytest.raises(UserError, match="picture 0 is none of PNG"):
            client.find([b"no picture"])
    assert (two.text, blank.text) == ("00", "")


@pytest.mark.parametrize("form", ["jpg", "webp", "tiff", "png"])
def test_a_picture_on_its_side_is_read_upright(saved: Path, folder: Path, form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(folder / "2.png") as square:
        wide = Image.new("L", (80, 60), square.getpixel((0, 0)))
        wide.paste(square, (10, 0))
    turned = wide.transpose(Image.Transpose.ROTATE_90)
    turned.save(folder.parent / f"side.{form}", exif=exif)
    output = folder.parent / "out"
    ended = ask(
        folder.parent / f"side.{form}", "--model", saved / "4", "--json", "--output", output
    )
    assert ended.exit_code == 0, ended.stderr
    [row] = json.loads(ended.stdout)["predictions"]
    assert row["pixels"] == [0, 0, 20, 60]  # a quarter of the upright picture
    with Image.open(output / "side.png") as drawn:
        assert drawn.width > drawn.height


def test_a_client_turns_pictures_upright_and_inverts_if_asked(server: Addresses) -> None:
    with connect(server.rest) as client:
        [sent] = client.predict([encoded(ON_PAPER[0])], version=4)
        [seen] = client.predict([encoded(ON_PAPER[0])], version=4, invert="auto")
        [blank] = client.predict([encoded(BLANK[0])], invert="auto")
        with pytest.raises(UserError, match="picture 0 is none of PNG"):
            client.predict([b"no picture"], invert="auto")
    assert sent.digit is not None
    assert sent.box == (0, 0, 0.25, 1)
    assert seen.box is not None
    assert seen.box[1] > 0 or seen.box[3] < 1 or seen.box[2] != 0.25
    assert blank.digit is None
