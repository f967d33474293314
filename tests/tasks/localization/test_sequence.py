"""Digits on one picture are a number."""

import pytest
from PIL import Image

from digit.predictions import NO_DIGIT
from tasks.localization.predictions import Prediction
from tasks.localization.sequence import COLUMNS, confidence, draw, join
from vocabulary.task.predictions import NO_INK


def digit(
    value: int, probability: float, *, name: str = "", doubts: tuple[str, ...] = ()
) -> Prediction:
    probabilities = tuple(probability if i == value else (1 - probability) / 9 for i in range(10))
    box = (value / 10, 0.2, value / 10 + 0.05, 0.8)
    return Prediction(value, probabilities, box, name=name or str(value), doubts=doubts)


def test_a_number_is_as_sure_as_all_its_digits_together() -> None:
    number = join([[digit(1, 0.9), digit(0, 0.8)], [digit(7, 0.5)]], ())
    assert number.text == "10 7"
    assert number.confidence == pytest.approx(0.36)
    assert confidence(number.members[1]) == pytest.approx(0.8)


def test_its_doubts_are_those_of_its_digits_once_each() -> None:
    number = join([[digit(1, 0.5, doubts=("a",)), digit(1, 0.5, doubts=("a", "b"))]], ("c",))
    assert number.doubts == ("a", "b", "c")


def test_ink_that_is_no_digit_has_a_place() -> None:
    scribble = Prediction(None, (0.1,) * 10, None, doubts=(NO_DIGIT,))
    number = join([[digit(4, 0.9), scribble, digit(2, 0.9)]], ())
    assert number.text == "4?2"
    assert number.doubts == (NO_DIGIT,)


def test_names_of_several_letters_stand_apart() -> None:
    number = join([[digit(4, 0.9, name="cat"), digit(2, 0.9, name="7")]], ())
    assert number.text == "cat 7"


def test_its_fields_and_columns_are_of_number_and_digits() -> None:
    number = join([[digit(4, 0.9)]], ())
    fields = number.fields(width=100, height=50)
    assert (fields["number"], fields["confidence"]) == ("4", pytest.approx(0.9))
    assert fields["digits"][0]["pixels"] == [40, 10, 45, 40]
    assert tuple(number.columns(width=100, height=50)) == COLUMNS


def test_where_nothing_is_written_there_is_no_number() -> None:
    nothing = join([], ())
    assert nothing.doubts == (NO_INK,)
    assert join([], ("light",)).doubts == ("light",)
    assert set(nothing.columns(width=9, height=9).values()) == {None}


def test_each_digit_is_drawn() -> None:
    image = Image.new("RGB", (200, 200))
    draw(join([[digit(1, 0.9), digit(7, 0.9)]], ()), image)
    orange = [x for x in range(200) if image.getpixel((x, 100))[0] > 200]
    assert min(orange) == pytest.approx(20, abs=3)
    assert max(orange) == pytest.approx(150, abs=3)
