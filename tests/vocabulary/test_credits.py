"""Whose handwriting it is."""

from importlib import metadata
from pathlib import Path

import pytest

from vocabulary.credits import credits_of, notice

ROOT = Path(__file__).parents[2]


def test_notice_says_what_the_packages_say() -> None:
    remake = "remake it: .venv/bin/python -m vocabulary.credits > NOTICE"
    assert (ROOT / "NOTICE").read_text() == notice(), remake


def test_a_font_s_licence_is_that_of_its_package() -> None:
    known = [*credits_of("handwriting"), *credits_of("font")]
    fonts = [one for one in known if one.place.startswith("fontpkg-")]
    assert len(fonts) == 17
    for font in fonts:
        assert metadata.metadata(font.place)["License-Expression"] == font.licence
        assert all(font)


@pytest.mark.parametrize(
    ("source", "count"), [("uci", 1), ("mnist", 1), ("font", 8), ("somebody's own", 0)]
)
def test_each_source_has_credits_of_its_own(source: str, count: int) -> None:
    assert len(credits_of(source)) == count
