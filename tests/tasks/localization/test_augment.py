"""Shifts: what is in the box moves with it, never over a border, and padding stays where it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.localization.augment import shift

WHOLE = np.float32([[0, 0, 1, 1]])
_fraction = st.floats(0, 1, exclude_max=True, width=32)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A picture [1, height, width, channels] in which every pixel differs, and a box in it."""
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    channels = draw(st.sampled_from([1, 3]))
    xmin, ymin = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    xmax, ymax = draw(st.integers(xmin + 1, width)), draw(st.integers(ymin + 1, height))
    picture = np.arange(height * width * channels, dtype=np.float32)
    box = np.float32([[xmin / width, ymin / height, xmax / width, ymax / height]])
    return picture.reshape(1, height, width, channels), box


def inside(picture: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The pixels in a box."""
    height, width = picture.shape[:2]
    xmin, ymin, xmax, ymax = np.rint(box * [width, height, width, height]).astype(int)
    return picture[ymin:ymax, xmin:xmax]


@given(scene=scenes(), x=_fraction, y=_fraction)
@settings(deadline=None)
def test_what_is_in_the_box_moves_with_it(
    scene: tuple[np.ndarray, np.ndarray], x: float, y: float
) -> None:
    picture, box = scene
    moved, moved_box = (part.numpy() for part in shift(picture, box, WHOLE, np.float32([[x, y]])))
    np.testing.assert_array_equal(inside(moved[0], moved_box[0]), inside(picture[0], box[0]))
    assert (moved_box >= -1e-6).all()
    assert (moved_box <= 1 + 1e-6).all()
    assert sorted(moved.ravel()) == sorted(picture.ravel())


@given(scene=scenes())
@settings(deadline=None)
def test_some_fraction_leaves_everything_where_it_is(
    scene: tuple[np.ndarray, np.ndarray],
) -> None:
    picture, box = scene
    size = np.float32([picture.shape[2], picture.shape[1]])
    low, high = np.rint(box[:, :2] * size), np.rint(box[:, 2:] * size)
    # The middle of the range of fractions that put the box where it was.
    fractions = (low + 0.5) / (size - (high - low) + 1)
    still, still_box = shift(picture, box, WHOLE, np.float32(fractions))
    np.testing.assert_array_equal(still, picture)
    np.testing.assert_allclose(still_box, box, atol=1e-6)


def test_a_box_between_pixels_stays_within_the_canvas() -> None:
    within = 1e-3 / 30 + 1e-6  # edges this near to a pixel's are taken for it
    random = np.random.default_rng(1)
    low = random.uniform(0, 0.5, (500, 2))
    boxes = np.float32(np.concatenate([low, low + random.uniform(0.1, 0.5, (500, 2))], axis=1))
    pictures = np.zeros((500, 30, 45, 1), np.float32)
    fractions = random.uniform(0, 1, (500, 2)).astype(np.float32)
    for extreme in (fractions, np.zeros_like(fractions), np.full_like(fractions, 1 - 1e-7)):
        _, moved = shift(pictures, boxes, np.tile(WHOLE, (500, 1)), extreme)
        assert moved.numpy().min() >= -within
        assert moved.numpy().max() <= 1 + within
        np.testing.assert_allclose(
            moved[:, 2:] - moved[:, :2], boxes[:, 2:] - boxes[:, :2], atol=1e-6
        )


def test_every_place_is_as_likely() -> None:
    count, places = 6000, 6  # a box of 5 on a canvas of 10 has 6 places each way
    pictures = np.zeros((count, 10, 10, 1), np.float32)
    boxes = np.float32([[0.2, 0.1, 0.7, 0.6]] * count)
    fractions = np.random.default_rng(1).random((count, 2), np.float32)
    _, moved = shift(pictures, boxes, np.tile(WHOLE, (count, 1)), fractions)
    columns, rows = np.rint(moved.numpy()[:, :2] * 10).astype(int).T
    joint = np.bincount(columns * places + rows, minlength=places**2)
    expected = count / places**2
    chi_squared = ((joint - expected) ** 2 / expected).sum()
    assert chi_squared < 66.6  # 0.1% of the distribution with 35 degrees of freedom lies beyond


def test_a_box_as_large_as_the_canvas_cannot_move() -> None:
    picture = np.random.default_rng(1).random((1, 8, 8, 3), np.float32)
    whole = np.float32([[0, 0, 1, 1]])
    moved, box = shift(picture, whole, WHOLE, np.float32([[0.99, 0.5]]))
    np.testing.assert_array_equal(moved, picture)
    assert box.numpy() == pytest.approx(whole)


@st.composite
def letterboxed(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A scene padded with 0 to a canvas: the canvas, the box and the frame in it."""
    picture, box = draw(scenes())
    height, width = picture.shape[1:3]
    top, bottom, left, right = (draw(st.integers(0, 12)) for _ in range(4))
    canvas = np.pad(picture + 1, ((0, 0), (top, bottom), (left, right), (0, 0)))
    size = np.float32([canvas.shape[2], canvas.shape[1]] * 2)
    inner, corner = np.float32([width, height] * 2), np.float32([left, top] * 2)
    frame = np.float32([[left, top, left + width, top + height]]) / size
    return canvas, (corner + box * inner) / size, frame


@given(scene=letterboxed(), x=_fraction, y=_fraction)
@settings(deadline=None)
def test_the_padding_of_a_letterboxed_picture_stays_where_it_is(
    scene: tuple[np.ndarray, np.ndarray, np.ndarray], x: float, y: float
) -> None:
    canvas, box, frame = scene
    moved, moved_box = (part.numpy() for part in shift(canvas, box, frame, np.float32([[x, y]])))
    np.testing.assert_array_equal(moved == 0, canvas == 0)
    np.testing.assert_array_equal(inside(moved[0], moved_box[0]), inside(canvas[0], box[0]))
    assert sorted(moved.ravel()) == sorted(canvas.ravel())
    assert (moved_box[:, :2] >= frame[:, :2] - 1e-6).all()
    assert (moved_box[:, 2:] <= frame[:, 2:] + 1e-6).all()


def test_a_letterboxed_picture_is_shifted_as_it_is_by_itself() -> None:
    random = np.random.default_rng(4)
    picture = random.random((1, 20, 30, 1), np.float32)
    canvas = np.pad(picture, ((0, 0), (5, 5), (0, 0), (0, 0)))
    frame = np.float32([[0, 5 / 30, 1, 25 / 30]])
    box, in_canvas = np.float32([[0.1, 0.2, 0.5, 0.7]]), np.float32([[0.1, 9 / 30, 0.5, 19 / 30]])
    for fractions in np.float32(random.random((20, 1, 2))):
        alone, _ = shift(picture, box, WHOLE, fractions)
        moved, _ = shift(canvas, in_canvas, frame, fractions)
        np.testing.assert_array_equal(moved[:, 5:25], alone)
