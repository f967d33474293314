"""Bands of facts about a picture."""

import numpy as np
import pytest

from evaluation.slices import bands
from vocabulary.facts import FACTS, UNKNOWN, Fact

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
