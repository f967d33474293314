"""Scenes: what one option draws, no other changes."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.digit_example_gen import scene as scene_module
from components.digit_example_gen.drawn import Drawn
from components.digit_example_gen.options import DataOptions, SceneOptions
from components.digit_example_gen.scene import Scene, draw_scenes
from components.digit_example_gen.sources import uci
from components.digit_example_gen.streams import streams_of
from vocabulary.facts import FACTS
from vocabulary.options import Range

MakeData = Callable[..., DataOptions]
RANGES: dict[str, Any] = {
    "scale": (0.8, 1.3),
    "rotation": (-10.0, 10.0),
    "slant": (-15.0, 15.0),
    "stroke": (-0.3, 0.5),
    "contrast": (0.5, 0.6),
    "background": (0.0, 0.2),
    "colour": (0.0, 0.5),
    "noise": (0.0, 0.06),
    "clutter": (0, 3),
    "elastic": (0.0, 1.0),
    "ruled": 0.5,
    "shading": (0.0, 0.3),
    "blur": (0.0, 1.0),
    "compression": (0.0, 70.0),
    "empty": 0.5,
    "pieces": (1, 4),
}
FOLLOWS = {
    "turn": {"scale", "rotation", "slant"},
    "strays": {"clutter"},
    "rules": {"ruled"},
    "bend": {"elastic"},
    "other": {"empty"},
    "background": {"contrast"},  # the paper gives way where both would be more than white
}
"""Attributes of a scene that are made of other options than the one of their name."""


def scenes(data: DataOptions, seed: int) -> list[Scene]:
    return list(draw_scenes(data, streams_of(seed), 20))


@pytest.mark.parametrize("name", RANGES)
@given(seed=st.integers(0, 2**32 - 1))
def test_an_option_that_is_switched_off_changes_nothing_else(
    make_data: MakeData, name: str, seed: int
) -> None:
    others = {other: ends for other, ends in RANGES.items() if other != name}
    for with_it, without in zip(
        scenes(make_data(channels=3, **RANGES), seed),
        scenes(make_data(channels=3, **others), seed),
        strict=True,
    ):
        for attribute in Scene._fields:
            if attribute != name and name not in FOLLOWS.get(attribute, ()):
                assert getattr(with_it, attribute) == getattr(without, attribute)


def test_a_further_option_that_is_off_changes_no_byte(
    make_data: MakeData, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_data(channels=3, **RANGES, ink=True)
    glyphs = uci.load(splits=["train", "eval"])
    before = Drawn(data, glyphs).examples("train", 990, 1020).examples

    class Further(SceneOptions):
        further: Range

    class FurtherData(DataOptions):
        scene: Further

    further = FurtherData.model_validate(
        {**data.model_dump(), "scene": {**data.scene.model_dump(), "further": (0.0, 0.0)}}
    )
    monkeypatch.setattr(scene_module, "_RANGES", ("further", *scene_module._RANGES))
    assert Drawn(further, glyphs).examples("train", 990, 1020).examples == before


def test_every_fact_is_an_attribute_of_a_scene_and_within_its_limits(make_data: MakeData) -> None:
    for scene in scenes(make_data(channels=3, **RANGES), 0):
        for fact in FACTS:
            value = getattr(scene, fact.name)
            if fact.name == "touching":  # of a strip alone
                assert value is None
                continue
            assert isinstance(value, int) == fact.whole
            low, high = (0, 75) if fact.name == "ruled" else RANGES[fact.name]
            assert fact.low <= low <= value <= high <= (fact.high or high)
