"""Bands of facts about a picture, and the part of the handwriting that it shows."""

import numpy as np
import pytest

from evaluation.slices import bands, parts
from vocabulary.facts import FACTS, UNKNOWN, Fact
from vocabulary.features import SOURCE_ID

BANDED = [fact for fact in FACTS if fact.bands]


@pytest.mark.parametrize("fact", BANDED, ids=lambda fact: fact.name)
@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_a_fact_is_in_the_band_between_its_edges(fact: Fact, shape: tuple[int, ...]) -> None:
    assert fact.bands is not None
    edges, names = fact.bands
    facts = np.array([edges[0] - 1e-3, *edges, edges[-1] + 1e-3], np.float32)
    labels = bands(fact, {fact.key: facts.reshape(shape)}, len(facts))
    assert list(labels) == [names[0], *names[1:], names[-1]]  # an edge belongs to the band above


@pytest.mark.parametrize("fact", BANDED, ids=lambda fact: fact.name)
def test_what_is_not_known_of_every_picture_is_unknown(fact: Fact) -> None:
    for known in ({}, {fact.key: None}, {fact.key: np.zeros(2)}):
        assert list(bands(fact, known, 3)) == [UNKNOWN] * 3


def test_pictures_without_facts_among_those_with_them_are_unknown() -> None:
    fact = next(fact for fact in BANDED if fact.name == "contrast")
    known = [np.array([0.3]), np.empty(0), np.array([0.8])]
    assert list(bands(fact, {fact.key: known}, 3)) == ["faint", UNKNOWN, "strong"]


def test_the_part_of_the_handwriting_is_where_the_source_begins() -> None:
    known = {
        b"uci/3": "uci", b"mnist/t10k/7": "mnist", b"fonts/kalam/1": "fonts",
        b"folder/3.png": "folder", b"folder/two words.png": "folder", b"svhn/test/1": "svhn",
        b"uci/3 uci/9": "uci", b"uci/3 mnist/t10k/7": "several", b"scans/3": UNKNOWN, b"": UNKNOWN,
    }  # fmt: skip
    ids = np.array([*known])[:, np.newaxis]
    assert list(parts({SOURCE_ID: ids}, len(known))) == [*known.values()]
    assert list(parts({}, 2)) == [UNKNOWN] * 2
