"""Masks of ink: as targets, as answers, as they are measured and shown."""

import io
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray
from PIL import Image

from tasks.segmentation import answers, measures, predictions, report, slices
from tasks.segmentation.targets import MASK, build_targets
from tasks.segmentation.training import dice, dice_loss, mask_loss
from vocabulary import features
from vocabulary.classes import TEN
from vocabulary.task.judging import metrics_of
from vocabulary.task.predictions import View

HEIGHT, WIDTH = 8, 12
WHOLE = (0.0, 0.0, 1.0, 1.0)


def png(ink: NDArray[Any]) -> bytes:
    written = io.BytesIO()
    Image.fromarray(np.uint8(255 * ink)).save(written, "PNG")
    return written.getvalue()


def columns(*inks: NDArray[Any]) -> dict[str, Any]:
    return measures.read_truth(
        {features.INK: np.array([[png(ink)] for ink in inks], object)}, frames=np.empty((0, 2))
    )


def block(rows: slice, across: slice, shape: tuple[int, int] = (HEIGHT, WIDTH)) -> NDArray[Any]:
    ink = np.zeros(shape)
    ink[rows, across] = 1
    return ink


BLOCK = block(slice(2, 6), slice(3, 9))
SIZES = tf.constant([[float(HEIGHT), float(WIDTH)]] * 2)


def test_the_ink_is_fitted_to_the_canvas_as_the_picture_is() -> None:
    masks = build_targets(
        {features.INK: tf.constant([[png(BLOCK)], [b""]])},
        tf.constant([WHOLE] * 2), {}, canvas=(2 * HEIGHT, 2 * WIDTH + 4),
    )[MASK].numpy()  # fmt: skip
    assert masks.shape == (2, 2 * HEIGHT, 2 * WIDTH + 4, 1)
    assert masks[0, 5:11, 9:19].min() == 1
    assert masks[0, :, :2].max() == masks[0, :, -2:].max() == 0
    assert not masks[1].any()  # who serves has no ink


def logits(ink: NDArray[Any]) -> NDArray[np.float32]:
    return np.float32(18 * ink[..., np.newaxis] - 9)


def test_a_model_answers_with_the_mask_and_its_box() -> None:
    given_ = {"mask": tf.constant(np.stack([logits(BLOCK), logits(0 * BLOCK)]))}
    answer = answers.answer(given_, tf.constant([WHOLE] * 2), SIZES)
    told = {name: of.numpy() for name, of in answer.items()}
    assert told["box"][0] == pytest.approx((3 / 12, 2 / 8, 9 / 12, 6 / 8))
    assert not told["box"][1].any()
    assert np.array_equal(measures.decode(told["mask_bytes"][0, 0]) >= 0.5, BLOCK == 1)
    assert answers.fault(told) is None
    assert "no PNG" in str(answers.fault({**told, "mask_bytes": np.array([[b"GIF8"]], object)}))
    assert "leaves" in str(answers.fault({**told, "box": told["box"] + 1}))


def test_an_answer_is_of_the_picture_and_not_of_the_canvas_around_it() -> None:
    frame = (0.25, 0.0, 0.75, 1.0)
    mask = tf.constant(logits(BLOCK)[np.newaxis])
    told = answers.answer({"mask": mask}, tf.constant([frame]), SIZES[:1])
    assert measures.decode(told["mask_bytes"].numpy()[0, 0]).shape == (8, 6)
    assert told["box"].numpy()[0] == pytest.approx((0, 2 / 8, 1, 6 / 8))


inks = npst.arrays(bool, (HEIGHT, WIDTH))


@settings(max_examples=50, deadline=None)
@given(inks, inks)
def test_dice_and_iou_are_those_of_the_pixels(true: NDArray[Any], predicted: NDArray[Any]) -> None:
    one = measures.measure(columns(true), columns(predicted), classes=10)
    both, either = (true & predicted).sum(), (true | predicted).sum()
    iou = both / either if either else 1.0
    assert one["iou"][0] == pytest.approx(iou)
    assert one["dice"][0] == pytest.approx(2 * iou / (1 + iou))
    assert one["soft_dice"][0] == pytest.approx(one["dice"][0])
    sums = {name: column.sum(axis=0, keepdims=True) for name, column in one.items()}
    pooled = metrics_of("segmentation")["pooled_dice"].read
    assert pooled.part(sums)[0] == pytest.approx(2 * both / (HEIGHT * WIDTH))  # type: ignore[union-attr, operator]
    assert sums["areas"][0] == pytest.approx((true.sum() + predicted.sum()) / (HEIGHT * WIDTH))


def test_probabilities_count_in_the_soft_dice_alone() -> None:
    one = measures.measure(columns(BLOCK), columns(0.8 * BLOCK), classes=10)
    assert one["dice"][0] == 1
    assert one["soft_dice"][0] == pytest.approx(2 * 0.8 / 1.8, abs=1e-3)


def test_a_coarser_mask_is_measured_at_the_resolution_of_the_truth() -> None:
    fine = BLOCK.repeat(4, axis=0).repeat(4, axis=1)
    one = measures.measure(columns(fine), columns(BLOCK), classes=10)
    assert one["iou"][0] == pytest.approx(1, abs=0.05)
    assert one["box_iou"][0] == 1


@settings(max_examples=20, deadline=None)
@given(inks, inks)
def test_the_loss_falls_where_dice_rises(true: NDArray[Any], predicted: NDArray[Any]) -> None:
    truth = tf.constant(true[np.newaxis, ..., np.newaxis], tf.float32)
    given_ = tf.constant(logits(predicted)[np.newaxis])
    areas = true.sum() + predicted.sum()
    expected = (2 * (true & predicted).sum() + 1) / (areas + 1)
    assert float(dice(truth, given_)[0]) == pytest.approx(expected, abs=1e-5)
    assert float(dice_loss(truth, given_)[0]) == pytest.approx(1 - expected, abs=2e-2)


def test_the_loss_pulls_at_each_pixel_that_is_found_where_there_is_no_ink() -> None:
    everything = logits(np.ones((HEIGHT, WIDTH)))
    nothing, found = tf.zeros([1, HEIGHT, WIDTH, 1]), tf.Variable(everything[np.newaxis])
    with tf.GradientTape(persistent=True) as tape:
        losses = mask_loss(nothing, found), dice_loss(nothing, found)
    pull, of_dice_alone = (tape.gradient(loss, found).numpy() for loss in losses)
    assert pull.min() > 1 / (HEIGHT * WIDTH) > 1000 * of_dice_alone.max()


def test_slices_are_by_the_size_of_the_number() -> None:
    known = {
        features.INK: np.array(
            [png(of) for of in (0 * BLOCK, block(slice(2, 5), slice(3, 9)), 0 * BLOCK + 1)], object
        )
    }
    assert slices.cut(known, TEN)["size"].tolist() == ["", "medium", "large"]


def test_a_prediction_is_told_in_coordinates_of_the_whole_picture() -> None:
    outputs = {"mask_bytes": [png(BLOCK)], "box": [0.25, 0.25, 0.75, 0.75]}
    told = predictions.read(outputs, View(square=(0.5, 0.0, 0.5, 1.0)), TEN)
    assert told.box == (0.625, 0.25, 0.875, 0.75)
    assert told.ink == pytest.approx(0.5 * BLOCK.mean())
    image = Image.new("RGB", (200, 100))
    predictions.draw(told, image)
    assert image.getpixel((150, 50)) != (0, 0, 0)
    assert image.getpixel((50, 50)) == (0, 0, 0)


def test_where_no_pixel_is_ink_nothing_is_found() -> None:
    outputs = {"mask_bytes": [png(0 * BLOCK)], "box": [0.0] * 4}
    told = predictions.read(outputs, View(), TEN)
    assert told.doubts == (predictions.NOTHING_FOUND,)
    assert told.fields(width=10, height=10)["mask_bytes"] is None


def test_the_report_tints_what_is_right_missed_and_made_up() -> None:
    truth, told = ({"mask": png(of)} for of in (BLOCK, block(slice(2, 6), slice(6, 11))))
    shown = report.picture(png(0 * BLOCK), truth, told, classes=TEN)
    assert shown.wrong
    assert shown.caption == f"Dice\N{NO-BREAK SPACE}{2 * 12 / 44:.3f}"
    with Image.open(io.BytesIO(shown.png)) as image:
        colours = [image.getpixel((x, 3)) for x in (4, 7, 10, 0)]
    assert colours == [report.MISSED, report.FOUND, report.NOT_THERE, (0, 0, 0)]
