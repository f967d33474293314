"""JSON of requests, and the collector that is paused while it is read."""

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

from serving.errors import ServingError
from serving.json_object import read_object


def collections() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


def test_lists_without_end_are_read_without_a_search_for_cycles() -> None:
    text = b'{"inputs": [' + b",".join([b"[]"] * 200_000) + b"]}"
    before = collections()
    assert len(read_object(text)["inputs"]) == 200_000
    assert collections() - before <= 3


@pytest.mark.parametrize("text", [b'{"a": 1}', b"{"])
def test_the_collector_goes_on_afterwards(text: bytes) -> None:
    def read(_: int) -> None:
        try:
            read_object(text)
        except ServingError:
            assert text == b"{"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, range(500)))
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"[]", "must be a JSON object"),
        (b"{", "JSON Parse error: Expecting property name"),
        (b'{"a": "\xff"}', "JSON Parse error"),
        (b'{"a":' + b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_object_is_refused(text: bytes, sentence: str) -> None:
    with pytest.raises(ServingError, match=sentence):
        read_object(text)
