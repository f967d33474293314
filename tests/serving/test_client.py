"""The client: what it gives, and what it says where there is no server or another task."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import pytest

from serving.client import RefusedError, connect
from serving.local_model import open_model
from serving.options import ServerOptions
from serving.reading import Reader
from serving.server import Addresses, running
from tests.serving.ink_pictures import AS_TRAINED, ON_PAPER
from tests.serving.known_model import picture, save_known
from vocabulary.errors import UserError
from vocabulary.task.options import TaskBase


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "grpc://127.0.0.1:9"])
def test_a_server_that_is_not_there_is_named_with_what_to_look_at(url: str) -> None:
    with (
        connect(url) as client,
        pytest.raises(
            UserError, match=r"127\.0\.0\.1:9.* cannot be reached: .*; is it running"
        ) as e,
    ):
        client.predict([picture(1)])
    assert not isinstance(e.value, RefusedError)  # which would blame the request


def test_a_task_that_is_not_there_is_named() -> None:
    with (
        pytest.raises(UserError, match="there is no task sums; choose from"),
        connect("http://127.0.0.1:9", task="sums"),
    ):
        pass


@pytest.mark.parametrize("protocol", ["rest", "grpc"])
def test_a_prediction_has_the_attributes_of_its_task(server: Addresses, protocol: str) -> None:
    url = server.rest if protocol == "rest" else f"grpc://{server.grpc}"
    with connect(url) as client:
        [prediction] = client.predict([picture(3)], version=4)
    assert (prediction.digit, prediction.probability) == (3, 1.0)
    assert prediction.box == (0, 0, 0.25, 1)


def test_ink_is_sent_on_the_paper_that_the_model_knows(tmp_path: Path) -> None:
    """The known model answers how bright the picture is that it gets."""
    save_known(tmp_path / "1", 1, card={"paper": "light"})
    pictures = [
        cv2.imencode(".png", picture.pixels)[1].tobytes()
        for picture in (ON_PAPER[0], AS_TRAINED[0])
    ]
    with running(ServerOptions(model_base_path=tmp_path, port=0, rest_api_port=0)) as server:
        for reading in (
            connect(server.rest),
            connect(f"grpc://{server.grpc}"),
            open_model(tmp_path),
        ):
            with reading as reader:
                assert [one.digit for one in reader.predict(pictures, invert="auto")] == [9, 8]
                assert [one.digit for one in reader.predict(pictures[1:])] == [1]


def test_each_version_is_sent_the_paper_that_it_knows(tmp_path: Path) -> None:
    save_known(tmp_path / "1", 1, card={"paper": "light"})
    save_known(tmp_path / "2", 2, card={"paper": "dark"})
    picture = cv2.imencode(".png", ON_PAPER[0].pixels)[1].tobytes()
    options = ServerOptions(model_base_path=tmp_path, port=0, rest_api_port=0)
    with running(options) as server:
        for url in (server.rest, f"grpc://{server.grpc}"):
            with connect(url) as client:
                (light,), (dark,) = (
                    client.predict([picture], version=version, invert="auto") for version in (1, 2)
                )
            assert light.digit > 5 > dark.digit


def test_a_server_that_cannot_answer_now_is_no_model_without_a_card(
    server: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(server.rest) as client:
        assert client.card() == {}  # it was exported before there were cards

        def busy(*_: object) -> None:
            raise RefusedError("the server refuses: too many requests wait")

        monkeypatch.setattr(client, "_request", busy)
        with pytest.raises(RefusedError, match="too many requests wait"):
            client.card(4)


class Lacking(Reader):
    """A model of another task than it is taken for."""

    def __init__(self, answer: object):
        super().__init__(TaskBase(kind="localization"))
        self._answer = answer

    def card(self, version: int | None = None) -> dict[str, object]:
        return {}

    def _ask(self, pictures: Sequence[bytes], version: int | None) -> Sequence[object]:
        return [self._answer] * len(pictures)


@pytest.mark.parametrize(
    ("answer", "outputs"), [({"odd": True, "digit": 1}, "digit, odd"), (0.5, "a single value")]
)
def test_a_model_for_another_task_is_a_sentence(answer: object, outputs: str) -> None:
    expected = f"localization answers box, digit, probabilities, and this one {outputs}; name"
    with pytest.raises(UserError, match=expected):
        Lacking(answer).predict([picture(1)])
