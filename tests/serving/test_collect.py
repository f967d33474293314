"""Drawings that the server keeps, with their labels."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from serving.options import ServerOptions
from serving.server import running
from vocabulary.labels import yolo
from vocabulary.labels.files import list_folder

HEIGHT, WIDTH = 40, 60


def drawing(*, light: int = 255, ground: int = 0, suffix: str = ".png") -> str:
    """Ink from (15, 10) to (30, 30), in base64."""
    pixels = np.full((HEIGHT, WIDTH), ground, np.uint8)
    pixels[10:30, 15:30] = light
    return base64.b64encode(cv2.imencode(suffix, pixels)[1].tobytes()).decode()


def asked(b64: str, name: Any = "7") -> dict[str, Any]:
    return {"picture": {"b64": b64}, "name": name}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def url(base: Path, folder: Path) -> Iterator[str]:
    options = ServerOptions(model_base_path=base, port=0, rest_api_port=0, collect=folder)
    with running(options) as server:
        yield f"{server.rest}/collect"


@pytest.mark.parametrize(("light", "ground"), [(255, 0), (20, 250)])
def test_a_drawing_is_kept_as_a_folder_that_is_read_back(
    url: str, folder: Path, light: int, ground: int
) -> None:
    b64 = drawing(light=light, ground=ground)
    answer = httpx.post(url, json=asked(b64))
    assert answer.status_code == 200
    kept = folder / answer.json()["kept"]
    assert kept.read_bytes() == base64.b64decode(b64)
    labels = yolo.read(list_folder(str(folder)))
    [record] = labels.records
    [digit] = record.objects
    assert labels.findings == []
    assert digit.name == "7"
    assert digit.box == pytest.approx((15 / 60, 10 / 40, 30 / 60, 30 / 40))
    assert {path.suffix for path in folder.iterdir()} == {".png", ".txt"}


def test_the_last_label_of_a_drawing_counts(url: str, folder: Path) -> None:
    for name in ("7", "1"):
        assert httpx.post(url, json=asked(drawing(), name)).status_code == 200
    [record] = yolo.read(list_folder(str(folder))).records
    assert [one.name for one in record.objects] == ["1"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (asked(drawing(), "../../x"), "'name' must be one of 0, 1"),
        (asked(drawing(), ["7"]), "'name' must be one of"),
        (asked(drawing(light=0)), "no ink"),
        (asked(drawing(suffix=".jpg")), "must be a PNG"),
        (asked(base64.b64encode(b"no picture").decode()), "neither"),
        ({"picture": {"b64": drawing()}}, "must have 'picture' and 'name'"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    url: str, folder: Path, body: dict[str, Any], sentence: str
) -> None:
    answer = httpx.post(url, json=body)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert not folder.exists()


def test_the_page_of_another_server_keeps_nothing(url: str, folder: Path) -> None:
    answer = httpx.post(url, json=asked(drawing()), headers={"Origin": "http://example.org"})
    assert answer.status_code == 400
    assert not folder.exists()


def test_a_folder_of_other_classes_is_left_alone(url: str, folder: Path) -> None:
    folder.mkdir()
    (folder / yolo.CLASSES).write_text("cat\n")
    answer = httpx.post(url, json=asked(drawing()))
    assert "other classes" in answer.json()["error"]
    assert [path.name for path in folder.iterdir()] == [yolo.CLASSES]


def test_without_the_flag_nothing_is_kept(base: Path) -> None:
    with running(ServerOptions(model_base_path=base, port=0, rest_api_port=0)) as server:
        assert httpx.get(f"{server.rest}/collect").json() == {"classes": None}
        answer = httpx.post(f"{server.rest}/collect", json=asked(drawing()))
    assert answer.status_code == 400
    assert "--collect DIR" in answer.json()["error"]
