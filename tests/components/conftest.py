"""Fixtures that the tests of several components share."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from components.digit_example_gen.options import Augmentation, DataOptions
from vocabulary.classes import TEN

MakeData = Callable[..., DataOptions]


@pytest.fixture(scope="session")
def make_data() -> MakeData:
    """The options of a plain scene, but for what is named: `make_data(scale=(2.0, 2.0))`."""

    def build(
        *,
        seed: int = 1,
        size: tuple[int, int] = (75, 75),
        channels: int = 1,
        source: dict[str, Any] | None = None,
        extent: str = "ink",
        ink: bool = False,
        classes: Sequence[str] = TEN,
        augmentation: dict[str, float] | None = None,
        **scene: Any,
    ) -> DataOptions:
        plain = {
            "scale": (1.0, 1.0),
            "rotation": (0.0, 0.0),
            "slant": (0.0, 0.0),
            "stroke": (0.0, 0.0),
            "contrast": (1.0, 1.0),
            "background": (0.0, 0.0),
            "colour": (0.0, 0.0),
            "noise": (0.0, 0.0),
            "clutter": (0, 0),
            "elastic": (0.0, 0.0),
            "ruled": 0.0,
            "shading": (0.0, 0.0),
            "blur": (0.0, 0.0),
            "compression": (0.0, 0.0),
            "empty": 0.0,
            "pieces": (0, 0),
            "paper": "dark",
            "digits": (1, 1),
            "spacing": None,
            "baseline": (0.0, 0.0),
        }
        none = dict.fromkeys(Augmentation.model_fields, 0.0)
        return DataOptions.model_validate(
            {
                "seed": seed,
                "canvas": {"height": size[0], "width": size[1], "channels": channels},
                "source": source or {"kind": "uci"},
                "scene": plain | scene,
                "augmentation": none | (augmentation or {}),
                "extent": extent,
                "ink": ink,
                "task": "localization",
                "classes": [*classes],
            }
        )

    return build
