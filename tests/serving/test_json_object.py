"""JSON of requests: the same as `json.loads` gives, read in pieces, with the collector paused."""

import contextlib
import gc
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from json.decoder import JSONDecoder
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import json_object
from serving.errors import ServingError
from serving.json_object import collector_paused, read_object

ANY_LENGTH = sys.maxsize
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=30,
)


class Scanner(JSONDecoder):
    """Counts the characters of lists and objects that its calls read, and the most in one call."""

    read = 0
    longest = 0

    def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
        end = len(s)
        try:
            value, end = super().raw_decode(s, idx)
            return value, end
        finally:
            if s[idx : idx + 1] in ("[", "{"):
                Scanner.read += end - idx
                Scanner.longest = max(Scanner.longest, end - idx)


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> type[Scanner]:
    Scanner.read = Scanner.longest = 0
    monkeypatch.setattr(json_object, "JSONDecoder", Scanner)
    return Scanner


def collections() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


@given(st.dictionaries(st.text(), VALUES), st.sampled_from([None, 1]), st.integers(1, 20))
def test_pieces_give_what_the_whole_text_gives(
    fields: dict[str, Any], indent: int | None, piece: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_object, "_PIECE", piece)
        text = json.dumps(fields, indent=indent).encode()
        assert read_object(text, max_length=ANY_LENGTH) == fields


@given(VALUES, st.data())
def test_pieces_are_refused_where_the_whole_text_is(fields: object, data: st.DataObject) -> None:
    text = json.dumps({"a": fields, "b": [[1.5, 2], {"c": "d"}]})
    at = data.draw(st.integers(0, len(text) - 1))
    text = (
        text[:at] + data.draw(st.sampled_from(["", ",", "]", "}", '"', "1", " "])) + text[at + 1 :]
    )
    try:
        expected = json.loads(text)
    except ValueError:
        expected = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_object, "_PIECE", 4)
        try:
            result = read_object(text.encode("utf-8", "surrogatepass"), max_length=ANY_LENGTH)
        except ServingError:
            result = None
    assert result == (expected if isinstance(expected, dict) else None)


def test_no_call_reads_more_than_a_piece(scanner: type[Scanner]) -> None:
    row = [[[0.25]] * 75] * 75
    text = json.dumps({"signature_name": "serving_tensor", "instances": [row] * 100}).encode()
    assert len(text) > 10 * json_object._PIECE
    fields = read_object(text, max_length=1000)
    assert fields["instances"] == [row] * 100
    assert scanner.longest <= json_object._PIECE
    assert scanner.read < 2 * len(text)


@pytest.mark.parametrize("wrapped", ["%s", "[%s]", '[{"image": [%s]}]'])
def test_a_list_that_no_input_takes_is_refused_before_its_end(
    wrapped: str, scanner: type[Scanner]
) -> None:
    lists = "[" + ",".join(["[]"] * 3_000_000) + "]"
    text = ('{"inputs": ' + wrapped % lists + "}").encode()
    with pytest.raises(ServingError, match="a list of more than 1000 values"):
        read_object(text, max_length=1000)
    # Each list or object around the long one costs two pieces at most.
    assert scanner.read <= 12 * json_object._PIECE < len(text) / 2


def test_an_object_of_more_keys_than_any_request_has_is_refused() -> None:
    text = "{" + ",".join(f'"{key:07}": 0' for key in range(200_000)) + "}"
    with pytest.raises(ServingError, match="an object of more than 1000 keys"):
        read_object(text.encode(), max_length=1000)


def test_a_picture_longer_than_a_piece_is_read() -> None:
    fields = {"instances": [{"b64": "A" * (3 * json_object._PIECE)}] * 3}
    assert read_object(json.dumps(fields).encode(), max_length=3) == fields


def test_no_search_for_cycles_goes_through_the_lists_of_a_request() -> None:
    text = b'{"inputs": [' + b",".join([b"[]"] * 200_000) + b"]}"

    def read() -> int:
        return len(read_object(text, max_length=ANY_LENGTH)["inputs"])

    before = collections()
    with collector_paused():
        assert read() == 200_000
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


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"[]", "must be a JSON object"),
        (b"{", "JSON Parse error: Expecting property name"),
        (b'{"a": "\xff"}', "JSON Parse error"),
        (b'{"a":' + b"[" * 200_000, "nested too deeply"),
        (b'{"a":' + (b"[" + b'"%s",' % (b"x" * 300_000)) * 20, "nested too deeply"),
        (b'{"a": 1} 2', "JSON Parse error: Extra data"),
        (b'{"a": [' + b"1," * 200_000 + b"]}", r"Expecting value.*\(char 400007\)"),
    ],
)
def test_what_is_no_object_is_refused(text: bytes, sentence: str) -> None:
    with pytest.raises(ServingError, match=sentence):
        read_object(text, max_length=ANY_LENGTH)
