"""What every group of options has in common."""

import math

import pytest
from pydantic import ValidationError

from vocabulary.options import Fraction, FractionRange, Options, Range


class Lamp(Options):
    """A group of options, as any other."""

    bright: Fraction = 0.5
    warmth: Range = (1.0, 2.0)
    mix: FractionRange = (0.0, 1.0)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Lamp.model_validate({"brigth": 0.5})


def test_an_option_cannot_be_changed() -> None:
    lamp = Lamp()
    with pytest.raises(ValidationError, match="frozen"):
        lamp.bright = 0.7  # type: ignore[misc]
    assert lamp.bright == 0.5


def test_options_can_be_hashed() -> None:
    assert hash(Lamp(bright=0.25)) == hash(Lamp(bright=0.25))


@pytest.mark.parametrize("value", ["0.5", True, None])
def test_another_type_is_not_converted(value: object) -> None:
    with pytest.raises(ValidationError, match="valid number"):
        Lamp.model_validate({"bright": value})


def test_a_whole_number_will_do_for_a_fraction() -> None:
    assert Lamp.model_validate({"bright": 1}).bright == 1.0


@pytest.mark.parametrize("value", [-0.001, 1.001])
def test_a_fraction_stays_between_0_and_1(value: float) -> None:
    with pytest.raises(ValidationError, match=r"(greater|less) than or equal to"):
        Lamp(bright=value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("key", ["bright", "warmth"])
def test_a_number_must_be_finite(key: str, value: float) -> None:
    settings = {key: value} if key == "bright" else {key: (value, value)}
    with pytest.raises(ValidationError, match="finite number"):
        Lamp.model_validate(settings)


@pytest.mark.parametrize("key", ["warmth", "mix"])
def test_a_range_with_its_ends_swapped_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match=r"the low end 0\.75 is above .* 0\.25; swap them"):
        Lamp.model_validate({key: (0.75, 0.25)})


def test_a_range_may_be_a_single_point() -> None:
    assert Lamp(warmth=(3.0, 3.0)).warmth == (3.0, 3.0)


@pytest.mark.parametrize("value", [(-0.1, 0.5), (0.5, 1.1)])
def test_both_ends_of_a_fraction_range_are_fractions(value: tuple[float, float]) -> None:
    with pytest.raises(ValidationError, match=r"(greater|less) than or equal to"):
        Lamp(mix=value)


def test_options_survive_json() -> None:
    lamp = Lamp(bright=0.1, warmth=(-5.0, 2.5), mix=(0.25, 0.75))
    assert Lamp.model_validate_json(lamp.model_dump_json()) == lamp
