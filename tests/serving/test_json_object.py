"""The JSON of requests, read with the collector paused."""

import contextlib
import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

from serving.errors import ServingError
from serving.json_object import collector_paused, read_object


def collections() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


def test_no_search_for_cycles_goes_through_the_lists_of_a_request() -> None:
    text = b'{"inputs": [' + b",".join([b"[]"] * 200_000) + b"]}"
    before = collections()
    with collector_paused():
        assert len(read_object(text)["inputs"]) == 200_000
    assert collections() - before <= 3


@pytest.mark.parametrize("failing", [False, True])
def test_the_collector_goes_on_afterwards(failing: bool) -> None:
    def read(_: int) -> None:
        with contextlib.suppress(ZeroDivisionError), collector_paused():
            assert not gc.isenabled()
            assert 1 / (not failing)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, range(500)))
    assert gc.isenabled()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_an_object_is_read_in_any_encoding_of_json(encoding: str) -> None:
    assert read_object('{"a": [1, "é"]}'.encode(encoding)) == {"a": [1, "é"]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"[]", "must be a JSON object"),
        (b"{", "JSON Parse error: Expecting property name"),
        (b'{"a": "\xff"}', "JSON Parse error"),
        (b'{"a":' + b"[" * 200_000, "nested too deeply"),
        (b'{"a": 1} 2', "JSON Parse error: Extra data"),
    ],
)
def test_what_is_no_object_is_refused(text: bytes, sentence: str) -> None:
    with pytest.raises(ServingError, match=sentence):
        read_object(text)
