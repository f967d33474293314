"""The manifest: what it holds, and which differences it tells."""

import pytest

from vocabulary.manifest import MANIFEST, as_manifest, difference

SIZES = {
    "saved_model.pb": 200,
    "variables/variables.index": 10,
    "assets.extra/statistics/Split-eval/FeatureStats.pb": 7,
    "assets.extra/tf_serving_warmup_requests": 5,
    "assets.extra/digits.json": 3,
}
MANIFEST_TEXT = as_manifest(SIZES, also="assets.extra/statistics")


def told(**over: int | None) -> str:
    sizes = SIZES | {path: size for path, size in over.items() if size is not None}
    gone = {path for path, size in over.items() if size is None}
    return difference(MANIFEST_TEXT, lambda path: None if path in gone else sizes.get(path))


def test_whole_version_does_not_differ() -> None:
    assert told() == ""


@pytest.mark.parametrize(
    ("path", "size", "sentence"),
    [
        ("saved_model.pb", 5, "saved_model.pb has 5 of 200 bytes"),
        ("saved_model.pb", 201, "saved_model.pb has 201 of 200 bytes"),
        ("variables/variables.index", None, "variables/variables.index is missing"),
        (
            "assets.extra/statistics/Split-eval/FeatureStats.pb",
            0,
            "assets.extra/statistics/Split-eval/FeatureStats.pb has 0 of 7 bytes",
        ),
    ],
)
def test_file_that_is_not_as_it_was_is_named(path: str, size: int | None, sentence: str) -> None:
    assert told(**{path: size}) == sentence


def test_files_that_no_server_loads_may_be_replaced_and_others_added() -> None:
    warmup, card = "assets.extra/tf_serving_warmup_requests", "assets.extra/digits.json"
    assert told(**{warmup: 99, card: None, "assets/words.txt": 3}) == ""


@pytest.mark.parametrize("text", ["", "{", "5", '{"a": ', MANIFEST_TEXT[:-5]])
def test_manifest_that_cannot_be_read_is_a_difference(text: str) -> None:
    assert difference(text, SIZES.get) == f"{MANIFEST} cannot be read"
