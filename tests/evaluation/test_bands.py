"""Bands of facts about a picture."""

import numpy as np
import pytest

from evaluation.slices import BANDS, UNKNOWN, bands


@pytest.mark.parametrize("name", BANDS)
@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_a_fact_is_in_the_band_between_its_edges(name: str, shape: tuple[int, ...]) -> None:
    key, edges, names = BANDS[name]
    facts = np.array([edges[0] - 1e-3, *edges, edges[-1] + 1e-3], np.float32)
    found = bands(name, {key: facts.reshape(shape)}, len(facts))
    assert list(found) == [names[0], *names[1:], names[-1]]  # an edge belongs to the band above


@pytest.mark.parametrize("name", BANDS)
def test_what_is_not_known_of_every_picture_is_unknown(name: str) -> None:
    key = BANDS[name][0]
    for known in ({}, {key: None}, {key: np.zeros(2)}):
        assert list(bands(name, known, 3)) == [UNKNOWN] * 3
