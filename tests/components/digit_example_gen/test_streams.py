"""Streams: one for each name, the same wherever they are asked for."""

import numpy as np

from components.digit_example_gen.streams import streams_of


def test_a_stream_is_at_its_start_each_time() -> None:
    streams = streams_of(7, "train", 3)
    assert (streams("scale").random(5) == streams("scale").random(5)).all()


def test_streams_of_other_names_and_keys_are_independent() -> None:
    keys = [(7, "train", 3), (7, "train", 4), (7, "eval", 3), (8, "train", 3)]
    drawn = [streams_of(*key)(name).random(4000) for key in keys for name in ("scale", "slant")]
    correlations = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(correlations).max() < 5 / np.sqrt(4000)


def test_what_a_stream_draws_is_part_of_the_format() -> None:
    # Another value changes every data set.
    assert streams_of(20, "train", 0)("scale").random() == 0.41106465794045965
