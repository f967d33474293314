"""Batches through the transform graph: their order, their shapes, and going on from any step."""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

import trainer.input
from pipeline.config.file import read_config
from tasks.localization.training import build_augmentation
from trainer.input import Batches
from vocabulary.task.training import Augmentation

TARGETS = {"logits": "digit", "box": "box", "coarse_box": "box"}
BATCH, STEPS = 20, 4  # of 96 examples: a remainder of 16 is dropped


move = build_augmentation(read_config(None, ["task.shift=true"]).task)


class Seen(NamedTuple):
    """A batch as arrays."""

    pictures: np.ndarray
    targets: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def batches(examples_pattern: str, transform: tft.TFTransformOutput) -> Batches:
    return build(examples_pattern, transform, batch_size=BATCH, steps=STEPS)


def build(
    pattern: str, transform: tft.TFTransformOutput, *, batch_size: int, steps: int
) -> Batches:
    return Batches([pattern], transform, targets=TARGETS, batch_size=batch_size, steps=steps)


def seen(dataset: tf.data.Dataset) -> list[Seen]:
    return [Seen(x, y) for x, y in dataset.as_numpy_iterator()]


def same(one: list[Seen], other: list[Seen]) -> bool:
    return len(one) == len(other) and all(
        np.array_equal(a.pictures, b.pictures)
        and all(np.array_equal(a.targets[name], b.targets[name]) for name in TARGETS)
        for a, b in zip(one, other, strict=True)
    )


def which(batches: list[Seen]) -> Counter[bytes]:
    """The examples in batches, by their boxes and digits."""
    return Counter(
        bytes(box) + bytes(digit)
        for batch in batches
        for box, digit in zip(batch.targets["box"], batch.targets["logits"], strict=True)
    )


def test_validation_is_in_order_and_the_same_each_time(
    batches: Batches, examples_pattern: str, transform: tft.TFTransformOutput
) -> None:
    parse = transform.raw_feature_spec()
    files = sorted(tf.io.gfile.glob(examples_pattern))
    records = list(tf.data.TFRecordDataset(files, "GZIP").as_numpy_iterator())
    layer = transform.transform_features_layer()
    expected = layer(tf.io.parse_example(records[: BATCH * STEPS], parse))
    once, again = seen(batches.in_order()), seen(batches.in_order())
    assert same(once, again)
    np.testing.assert_array_equal(
        np.concatenate([batch.targets["box"] for batch in once]), expected["box"]
    )
    np.testing.assert_array_equal(
        np.concatenate([batch.pictures for batch in once]), expected["picture"]
    )


def test_every_batch_has_one_static_shape(batches: Batches) -> None:
    for dataset in (
        batches.in_order(),
        batches.shuffled(start=0, stop=STEPS, seed=1, augmentation=move),
    ):
        pictures, targets = dataset.element_spec
        assert pictures.shape == (BATCH, 75, 75, 1)
        assert targets["logits"].shape.is_fully_defined()
        assert targets["box"].shape == targets["coarse_box"].shape == (BATCH, 4)
        assert int(dataset.cardinality()) == len(seen(dataset)) == STEPS


@pytest.mark.parametrize("augmentation", [None, move])
def test_a_step_sees_the_same_batch_wherever_training_starts(
    batches: Batches, augmentation: Augmentation | None
) -> None:
    end = 3 * STEPS
    whole = seen(batches.shuffled(start=0, stop=end, seed=1, augmentation=augmentation))
    for start in (1, STEPS - 1, STEPS, STEPS + 2, end - 1):
        part = seen(batches.shuffled(start=start, stop=end, seed=1, augmentation=augmentation))
        assert same(part, whole[start:])
    middle = seen(batches.shuffled(start=2, stop=STEPS, seed=1, augmentation=augmentation))
    assert same(middle, whole[2:STEPS])


@pytest.mark.parametrize("augmentation", [None, move])
def test_what_does_not_fit_in_memory_is_decoded_anew_and_is_the_same(
    batches: Batches,
    examples_pattern: str,
    transform: tft.TFTransformOutput,
    monkeypatch: pytest.MonkeyPatch,
    augmentation: Augmentation | None,
) -> None:
    monkeypatch.setattr(trainer.input, "KEPT_BYTES", BATCH * STEPS * 75 * 75 * 4 - 1)
    large = build(examples_pattern, transform, batch_size=BATCH, steps=STEPS)
    kept, anew = (
        seen(source.shuffled(start=1, stop=3 * STEPS, seed=1, augmentation=augmentation))
        for source in (batches, large)
    )
    assert same(kept, anew)


def test_every_example_is_seen_once_an_epoch(
    examples_pattern: str, transform: tft.TFTransformOutput, examples: list[bytes]
) -> None:
    batches = build(examples_pattern, transform, batch_size=32, steps=3)
    epochs = seen(batches.shuffled(start=0, stop=6, seed=1))
    expected = which(seen(batches.in_order()))
    assert expected.total() == len(examples)
    assert which(epochs[:3]) == which(epochs[3:]) == expected


def test_each_epoch_and_each_seed_has_an_order_of_its_own(batches: Batches) -> None:
    first = seen(batches.shuffled(start=0, stop=2 * STEPS, seed=1))
    other = seen(batches.shuffled(start=0, stop=STEPS, seed=2))
    assert not same(first[:STEPS], first[STEPS:])
    assert not same(first[:STEPS], other)


def test_a_shift_moves_boxes_of_a_picture_alike_and_anew_each_epoch(
    examples_pattern: str, transform: tft.TFTransformOutput
) -> None:
    batches = build(examples_pattern, transform, batch_size=96, steps=1)
    still = seen(batches.shuffled(start=0, stop=2, seed=1))
    moved = seen(batches.shuffled(start=0, stop=2, seed=1, augmentation=move))
    moves = []
    for before, after in zip(still, moved, strict=True):
        np.testing.assert_array_equal(after.targets["box"], after.targets["coarse_box"])
        np.testing.assert_array_equal(after.targets["logits"], before.targets["logits"])
        moves.append(after.targets["box"] - before.targets["box"])
    assert np.unique(moves[0].round(4), axis=0).shape[0] > 90
    assert not np.array_equal(np.sort(moves[0], axis=0), np.sort(moves[1], axis=0))
