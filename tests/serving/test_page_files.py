"""Which task's script the page gets: that of the newest version."""

from pathlib import Path

import httpx
import pytest

import tasks.localization
from serving.client import connect
from serving.options import ServerOptions
from serving.server import Addresses, running
from tests.serving.known_model import picture, save_known
from vocabulary.model_files import CARD, EXTRA, FIGURES

SCRIPT = (Path(tasks.localization.__file__).parent / "page.js").read_text()


def test_a_model_without_a_card_is_of_the_default_task(server: Addresses) -> None:
    answer = httpx.get(f"{server.rest}/task.js")
    assert answer.text == SCRIPT
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("card", ['{"task": "of another house"}', "no JSON"])
def test_a_task_that_is_not_here_has_the_script_that_shows_outputs(
    card: str, tmp_path: Path
) -> None:
    save_known(tmp_path / "1", 1)
    save_known(tmp_path / "2", 2)
    (tmp_path / "2" / CARD).parent.mkdir()
    (tmp_path / "2" / CARD).write_text(card)
    with running(ServerOptions(model_base_path=tmp_path, port=0, rest_api_port=0)) as addresses:
        script = httpx.get(f"{addresses.rest}/task.js").text
        assert script == httpx.get(f"{addresses.rest}/outputs.js").text


def test_classes_are_called_as_the_newest_version_says(tmp_path: Path) -> None:
    names = ["cat", "dog", *"abcdefg", "7"]
    save_known(tmp_path / "1", 1, card={"class_names": names})
    with running(ServerOptions(model_base_path=tmp_path, port=0, rest_api_port=0)) as addresses:
        for url in (addresses.rest, f"grpc://{addresses.grpc}"):
            with connect(url) as client:
                [prediction] = client.predict([picture(1)])
            assert (prediction.digit, prediction.name) == (1, "dog")


def test_a_server_without_a_version_has_a_page(tmp_path: Path) -> None:
    with running(ServerOptions(model_base_path=tmp_path, port=0, rest_api_port=0)) as addresses:
        assert httpx.get(addresses.rest).status_code == 200
        assert httpx.get(f"{addresses.rest}/task.js").status_code == 200


def test_figures_are_of_the_versions_that_have_readable_ones(tmp_path: Path) -> None:
    for version, text in ((1, '{"accuracy": 0.9}'), (2, "no JSON"), (3, "[1]"), (4, None)):
        save_known(tmp_path / str(version), version)
        if text:
            (tmp_path / str(version) / EXTRA).mkdir()
            (tmp_path / str(version) / EXTRA / FIGURES).write_text(text)
    policy = ServerOptions(model_base_path=tmp_path, port=0, rest_api_port=0, num_versions=4)
    with running(policy) as addresses:
        assert httpx.get(f"{addresses.rest}/figures.json").json() == {"1": {"accuracy": 0.9}}
