"""`:find`: what the server makes of pictures with several objects, and what it refuses."""

import base64
from typing import Any

import httpx
import pytest

from serving.client import connect
from serving.server import Addresses
from tests.serving.ink_pictures import BLANK, encoded, two_digits
from tests.serving.test_pictures import bomb


def find(server: Addresses, *, within: str = "", **fields: Any) -> httpx.Response:
    return httpx.post(f"{server.rest}/v1/models/digits{within}:find", json=fields, timeout=60)


def instances(*pictures: bytes) -> list[dict[str, str]]:
    return [{"b64": base64.b64encode(picture).decode()} for picture in pictures]


def test_a_server_finds_what_a_client_finds(server: Addresses) -> None:
    pictures = [encoded(two_digits()), encoded(BLANK[0])]
    answer = find(server, instances=instances(*pictures), within="/versions/2")
    two, blank = answer.json()["predictions"]
    with connect(server.rest) as client:
        [number, _] = client.find(pictures, version=2)
    assert two["number"] == number.text
    assert [digit["box"] for digit in two["digits"]] == [list(one.box) for one in number.members]
    assert (blank["number"], blank["digits"], blank["unsure"]) == (None, [], ["no ink"])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "must have 'instances'"),
        ({"instances": instances(b"x"), "inputs": 1}, "and nothing else"),
        ({"instances": instances(encoded(BLANK[0])), "invert": "never"}, "auto, yes, no"),
        ({"instances": []}, "0 pictures"),
        ({"instances": 3}, "bytes are written as"),
        ({"instances": instances(b"no picture")}, "neither PNG nor JPEG"),
        ({"instances": instances(bomb(40_000))}, "40000 x 40000"),
        ({"instances": instances(encoded(two_digits())[:60])}, "picture"),
    ],
)
def test_what_cannot_be_found_in_is_refused(
    server: Addresses, fields: dict[str, Any], message: str
) -> None:
    answer = find(server, **fields)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_another_model_and_version_are_refused(server: Addresses) -> None:
    assert find(server, instances=instances(encoded(BLANK[0])), within="/versions/7").is_error
    other = httpx.post(f"{server.rest}/v1/models/other:find", json={"instances": []})
    assert other.status_code == 404
