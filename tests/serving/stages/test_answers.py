"""What two models as one answer, however they are asked; and what is told of it."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from cli.app import app
from serving.client import connect
from serving.local_model import open_model
from serving.options import ServerOptions
from serving.server import Addresses, running
from serving.stages.compose import MARGIN
from serving.stages.presented import Staged
from tests.serving.known_stages import scene
from vocabulary.signatures import EXAMPLES, TENSOR

# What the scene of 160 x 120 has is at x in [40, 80) and y in [60, 80).
EDGE = MARGIN * 20
CROP = (40 - EDGE, 60 - EDGE, 80 + EDGE, 80 + EDGE)
SHARE = 40 * 20 / ((40 + 2 * EDGE) * (20 + 2 * EDGE))


def ask(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "scene.png"
    path.write_bytes(scene(210))
    return path


@pytest.fixture(scope="module")
def server(stages: Path) -> Iterator[Addresses]:
    with running(ServerOptions(model_base_path=stages, port=0, rest_api_port=0)) as addresses:
        yield addresses


def check(row: dict) -> None:
    assert row["digits"] == [int(210 / 255 * SHARE * 10)]
    pixels = np.array(row["crop"]) * [160, 120, 160, 120]
    assert pixels == pytest.approx(np.round(CROP), abs=1)
    assert row["found_box"] == pytest.approx([1 / 4, 1 / 2, 1 / 2, 2 / 3])


def test_what_is_found_is_cropped_with_a_margin_and_read(stages: Path, picture: Path) -> None:
    ended = ask(picture, "--model", stages, "--json")
    assert ended.exit_code == 0, ended.stderr
    [row] = json.loads(ended.stdout)["predictions"]
    check(row)
    assert row["unsure"] == []
    with Image.open(io.BytesIO(base64.b64decode(row["found_mask_bytes"]))) as mask:
        assert np.count_nonzero(mask) == 40 * 20


def test_what_does_not_belong_to_it_is_not_read(stages: Path) -> None:
    with Image.open(io.BytesIO(scene(210))) as image:
        pixels = np.array(image)
    pixels[82:88, 40:80] = 110  # within the margin, and not light enough to be found
    Image.fromarray(pixels).save(encoded := io.BytesIO(), "PNG")
    with open_model(stages) as model:
        [prediction] = model.predict([encoded.getvalue()])
    assert prediction.read.digits == (int(210 / 255 * SHARE * 10),)


def test_two_models_are_read_with_as_if_they_were_one(parts: Path, picture: Path) -> None:
    ended = ask(picture, "--model", parts / "find", "--read", parts / "read", "--json")
    assert ended.exit_code == 0, ended.stderr
    check(json.loads(ended.stdout)["predictions"][0])


@pytest.mark.parametrize("protocol", ["rest", "grpc"])
def test_a_server_answers_the_same_and_its_card_says_how(
    server: Addresses, picture: Path, protocol: str
) -> None:
    url = server.rest if protocol == "rest" else f"grpc://{server.grpc}"
    ended = ask(picture, "--url", url, "--json")
    assert ended.exit_code == 0, ended.stderr
    check(json.loads(ended.stdout)["predictions"][0])
    with connect(url) as client:
        [prediction] = client.predict([picture.read_bytes()], invert="auto")
    assert isinstance(prediction, Staged)
    assert prediction.read.digits == (int(210 / 255 * SHARE * 10),)


def test_dark_on_light_is_inverted_and_sent_whole(stages: Path, tmp_path: Path) -> None:
    dark = 255 - np.asarray(Image.open(io.BytesIO(scene(210))))
    Image.fromarray(dark).save(tmp_path / "dark.png")
    ended = ask(tmp_path / "dark.png", "--model", stages, "--json")
    check(json.loads(ended.stdout)["predictions"][0])


def test_where_nothing_is_found_all_of_the_picture_is_read_and_that_is_said(
    stages: Path, picture: Path
) -> None:
    picture.write_bytes(scene(90))
    [row] = json.loads(ask(picture, "--model", stages, "--json").stdout)["predictions"]
    assert row["crop"] is None
    assert row["digits"] == [0]
    assert "no ink is found" in row["unsure"]


def test_crop_mask_and_number_are_drawn(stages: Path, picture: Path, tmp_path: Path) -> None:
    ended = ask(picture, "--model", stages, "--output", tmp_path / "drawn")
    assert ended.exit_code == 0, ended.stderr
    with Image.open(tmp_path / "drawn/scene.png") as image:
        drawn = np.asarray(image).astype(int)
    blue = np.argwhere(drawn[..., 2] - drawn[..., 0] > 60)  # the edges of the crop
    factor = image.width / 160
    (top, left), (bottom, right) = blue.min(axis=0) / factor, blue.max(axis=0) / factor
    assert (left, top, right, bottom) == pytest.approx(CROP, abs=3)
    orange = drawn[..., 0] - drawn[..., 2] > 60  # the mask, its box, and the number in the corner
    assert orange[int(70 * factor), int(60 * factor)]
    assert orange[: int(20 * factor), : int(60 * factor)].any()


def test_beam_writes_what_both_answer(stages: Path, picture: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    ended = ask(picture, "--model", stages, "--beam", "--output", tmp_path / "read")
    assert ended.exit_code == 0, ended.stderr
    [row] = pq.read_table(tmp_path / "read/predictions.parquet").to_pylist()
    check(row)


def test_all_signatures_are_there(stages: Path) -> None:
    with open_model(stages) as model:
        signatures = model._model.signatures
        assert {EXAMPLES, TENSOR} <= set(signatures)
        assert all(one.batched for one in signatures.values())


def test_a_picture_of_several_colours_and_a_jpeg_are_read(stages: Path) -> None:
    image = Image.open(io.BytesIO(scene(210))).convert("RGB")
    encoded = []
    for kind in ("PNG", "JPEG"):
        image.save(written := io.BytesIO(), kind)
        encoded.append(written.getvalue())
    with open_model(stages) as model:
        for prediction in model.predict(encoded):
            check(prediction.fields(width=160, height=120))


def test_a_body_of_several_pictures_is_answered_in_rows(server: Addresses) -> None:
    rows = [{"b64": base64.b64encode(scene(grey)).decode()} for grey in (210, 90, 250)]
    url = f"{server.rest}/v1/models/digits:predict"
    answer = httpx.post(url, json={"instances": rows}).json()["predictions"]
    assert [row["digits"][0] for row in answer] == [
        int(210 / 255 * SHARE * 10), 0, int(250 / 255 * SHARE * 10),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "more", [("--url", "http://x"), ("--beam", "--output", "x"), ("--find",)], ids=str
)
def test_a_second_model_is_for_reading_here(parts: Path, picture: Path, more: tuple) -> None:
    ended = ask(picture, "--read", parts / "read", *more)
    assert ended.exit_code == 1
    assert "`digits export` makes one model of two" in " ".join(ended.stderr.split())


def test_the_server_gives_the_script_of_each_stage(server: Addresses) -> None:
    from vocabulary.task.find import task_file

    for name, task in (("task", "sequence"), ("finder", "segmentation")):
        script = task_file(task, "page.js")
        assert script
        assert httpx.get(f"{server.rest}/{name}.js").text == script.read_text()
