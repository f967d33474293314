"""Refused combinations of options, each with a sentence that says what to do."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.digit_example_gen.options import DataOptions

MakeData = Callable[..., DataOptions]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"scale": (1.0, 2.7)}, r"scene\.scale up to 2\.7, .* needs 76 pixels, the canvas has 75"),
        ({"scale": (1.0, 1.0), "size": (28, 100), "rotation": (0.0, 1.0)}, "the canvas has 28"),
        ({"scale": (1.2, 1.1)}, r"the low end 1\.2 is above the high end 1\.1; swap them"),
        ({"scale": (0.2, 1.0)}, r"scale starts at 0\.2; below 0\.5 strokes get lost"),
        ({"rotation": (5.0, -5.0)}, "the low end 5 is above the high end -5"),
        ({"rotation": (-91.0, 0.0)}, r"rotation \[-91\.0, 0\.0\] leaves -90 to 90"),
        ({"rotation": (0.0, 90.5)}, r"rotation \[0\.0, 90\.5\] leaves -90 to 90"),
        ({"slant": (-46.0, 0.0)}, r"slant \[-46\.0, 0\.0\] leaves -45 to 45"),
        ({"slant": (0.0, 45.1)}, r"slant \[0\.0, 45\.1\] leaves -45 to 45"),
        ({"augmentation": {"slant": -1.0}}, "greater than or equal to 0"),
        (
            {"scale": (1.0, 2.0), "augmentation": {"rotation": 45.0}},
            "turned and slanted by scene or augmentation, needs 80 pixels, the canvas has 75",
        ),
        ({"extent": "patch", "augmentation": {"slant": 5.0}}, "those of augmentation to 0"),
        ({"stroke": (-2.1, 0.0)}, "greater than or equal to -2"),
        ({"stroke": (0.0, 2.1)}, "less than or equal to 2"),
        ({"stroke": (0.5, -0.5)}, r"the low end 0\.5 is above the high end -0\.5"),
        ({"contrast": (0.05, 1.0)}, r"contrast starts at 0\.05; allowed: 0\.1 to 1"),
        ({"contrast": (0.5, 1.5)}, "less than or equal to 1"),
        ({"background": (-0.1, 0.0)}, "greater than or equal to 0"),
        ({"background": (0.3, 0.1)}, "swap them"),
        ({"noise": (0.0, 0.2)}, r"less than or equal to 0\.16"),
        ({"noise": (0.1, 0.05)}, "swap them"),
        ({"clutter": (3, 1)}, "clutter's low end is above its high end; swap them"),
        ({"pieces": (3, 1)}, "pieces's low end is above its high end; swap them"),
        ({"clutter": (0, 33)}, "less than or equal to 32"),
        ({"clutter": (-1, 2)}, "greater than or equal to 0"),
        ({"extent": "patch", "rotation": (-5.0, 5.0)}, "patch has no meaning for a turned"),
        (
            {"extent": "patch", "slant": (0.0, 5.0)},
            r"set scene\.rotation and scene\.slant to \[0, 0",
        ),
        ({"size": (27, 75)}, "greater than or equal to 28"),
        ({"size": (75, 1025)}, "less than or equal to 1024"),
        ({"channels": 2}, "Input should be 1 or 3"),
        (
            {"source": {"kind": "kmnist", "dir": "data"}},
            "there is no source kmnist; choose from folder, font, handwriting, mixed, mnist, svhn",
        ),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"seed": 2**32}, "less than 4294967296"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    make_data: MakeData, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        make_data(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"scale": (0.5, 75 / 28)},
        {"scale": (1.0, 1.0), "size": (28, 28)},
        {"rotation": (-90.0, 90.0), "slant": (-45.0, 45.0), "size": (1024, 1024)},
        {"contrast": (0.1, 1.0), "background": (0.0, 1.0), "noise": (0.0, 0.16)},
        {"clutter": (0, 32)},
        {"stroke": (-2.0, 2.0)},
        {"extent": "patch", "scale": (0.5, 2.0)},
        {"seed": 2**32 - 1},
    ],
)
def test_the_ends_of_what_is_allowed_are_allowed(
    make_data: MakeData, settings: dict[str, Any]
) -> None:
    make_data(**settings)


@given(
    scale=st.floats(0.5, 3.0),
    rotation=st.integers(-90, 90).map(float),
    slant=st.integers(-45, 45),
    share=st.sampled_from([1.0, 0.9, 0.5, 0.3, 0.0, -0.5, -1.0]),
)
def test_the_largest_extent_holds_every_corner_of_the_glyph(
    make_data: MakeData, scale: float, rotation: float, slant: int, share: float
) -> None:
    ends = float(abs(rotation)), float(abs(slant))
    data = make_data(
        scale=(0.5, scale),
        rotation=(-ends[0], ends[0]),
        slant=(-ends[1], ends[1]),
        size=(1024, 1024),
    )
    rotation *= share
    lean = np.array([[1.0, math.tan(math.radians(slant))], [0.0, 1.0]])
    turn = np.array(
        [
            [math.cos(math.radians(rotation)), -math.sin(math.radians(rotation))],
            [math.sin(math.radians(rotation)), math.cos(math.radians(rotation))],
        ]
    )
    corners = scale * turn @ lean @ np.array([[-14, -14, 14, 14], [-14, 14, -14, 14]])
    assert np.ptp(corners, axis=1).max() <= data.scene.largest_extent() + 1e-9


def test_the_train_split_alone_is_augmented(make_data: MakeData) -> None:
    data = make_data(
        slant=(-5.0, 40.0), blur=(0.0, 0.5), augmentation={"slant": 10.0, "blur": 0.25}
    )
    train = data.scene_of("train")
    assert (train.slant, train.blur, train.rotation) == ((-15, 45), (0, 0.75), (0, 0))
    assert data.scene_of("eval") == data.scene_of("validation") == data.scene


def test_options_survive_json(make_data: MakeData) -> None:
    data = make_data(scale=(0.8, 1.3), rotation=(-10.0, 10.0), clutter=(0, 2), channels=3)
    assert DataOptions.model_validate_json(data.model_dump_json()) == data


def test_the_largest_extent_is_that_of_the_worst_angle(make_data: MakeData) -> None:
    # A square slanted by 45 degrees is widest when turned by atan(1/2), 27 degrees: the root of 5.
    data = make_data(rotation=(-90.0, 90.0), slant=(-45.0, 45.0))
    assert data.scene.largest_extent() == pytest.approx(28 * math.sqrt(5))
    assert make_data(slant=(0.0, 45.0)).scene.largest_extent() == pytest.approx(56)
    assert make_data().scene.largest_extent() == pytest.approx(28)
