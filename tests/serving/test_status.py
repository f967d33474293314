"""The status of a model over REST, as TensorFlow Serving's JSON has it."""

import httpx

from serving.server import Addresses


def test_every_version_says_that_nothing_is_wrong_with_it(server: Addresses) -> None:
    answer = httpx.get(f"{server.rest}/v1/models/digits").json()
    assert answer["model_version_status"]
    for status in answer["model_version_status"]:
        assert status["state"] == "AVAILABLE"
        assert status["status"] == {"error_code": "OK", "error_message": ""}
