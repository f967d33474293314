"""The networks: their size and their outputs."""

import numpy as np
import pytest

from tests.tasks.networks import build


@pytest.mark.parametrize(("kind", "parameters"), [("small", 177_634), ("linear", 10_250)])
def test_the_number_of_parameters_is_pinned(kind: str, parameters: int) -> None:
    model = build("classification", kind, height=32, width=32)
    assert model.count_params() == parameters


@pytest.mark.parametrize("kind", ["small", "linear"])
def test_outputs_have_their_shapes_on_any_canvas(kind: str) -> None:
    model = build("classification", kind, height=33, width=28, channels=3, classes="abc")
    outputs = model(np.zeros((2, 33, 28, 3), np.float32))
    assert {name: tuple(value.shape) for name, value in outputs.items()} == {"logits": (2, 3)}
