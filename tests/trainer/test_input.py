"""Batches through the transform graph."""

import numpy as np
import tensorflow_transform as tft

from trainer.input import read_batches

TARGETS = {"logits": "digit", "box": "box"}


def _digits(pattern: str, transform: tft.TFTransformOutput, **options) -> list[list[int]]:
    batches = read_batches([pattern], transform, targets=TARGETS, **options)
    return [y["logits"].numpy().tolist() for _, y in batches]


def test_without_shuffling_nothing_is_dropped(
    examples_pattern: str, transform: tft.TFTransformOutput, examples: list[bytes]
) -> None:
    batches = _digits(examples_pattern, transform, batch_size=36, steps=3)
    assert [len(batch) for batch in batches] == [36, 36, len(examples) - 72]


def test_shuffled_batches_have_one_shape_and_follow_the_seed(
    examples_pattern: str, transform: tft.TFTransformOutput
) -> None:
    first, second, other = (
        _digits(examples_pattern, transform, batch_size=36, steps=2, shuffle_seed=seed)
        for seed in (1, 1, 2)
    )
    assert [len(batch) for batch in first] == [36, 36]
    assert first == second != other


def test_each_epoch_has_an_order_of_its_own(
    examples_pattern: str, transform: tft.TFTransformOutput
) -> None:
    batches = read_batches(
        [examples_pattern], transform, targets=TARGETS, batch_size=96, steps=1, shuffle_seed=1
    )
    epochs = [next(iter(batches))[1]["logits"].numpy() for _ in range(2)]
    assert sorted(epochs[0]) == sorted(epochs[1])
    assert not np.array_equal(*epochs)


def test_a_batch_holds_pictures_and_targets(
    examples_pattern: str, transform: tft.TFTransformOutput
) -> None:
    batches = read_batches([examples_pattern], transform, targets=TARGETS, batch_size=8, steps=12)
    pictures, targets = next(iter(batches))
    assert pictures.shape == (8, 75, 75, 1)
    assert targets["logits"].shape == (8,)
    assert targets["box"].shape == (8, 4)
