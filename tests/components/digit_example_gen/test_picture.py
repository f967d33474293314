"""Drawing: where the digit goes, what its box is, and what is recorded of it."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from components.digit_example_gen import picture as drawing
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.others import Other
from components.digit_example_gen.picture import Picture
from components.digit_example_gen.scene import draw_scenes, draw_textures
from components.digit_example_gen.sources import uci
from components.digit_example_gen.streams import streams_of
from vocabulary.ink import INK

MakeData = Callable[..., DataOptions]
Pixels = NDArray[np.uint8]

GLYPHS = uci.load(splits=["train"])["train"].pictures
SEEDS = st.integers(0, 2**32 - 1)
GLYPH = st.integers(0, len(GLYPHS) - 1).map(lambda index: GLYPHS[index])


def draw(glyph: Pixels, data: DataOptions, seed: int) -> Picture:
    """One picture, in a scene of its own."""
    streams = streams_of(seed)
    (scene,) = draw_scenes(data, streams, 1)
    return drawing.draw(glyph, data, scene, draw_textures(data, streams), GLYPHS)


def bounds(chosen: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Edges of what is true, by looking at rows and columns."""
    columns, rows = np.flatnonzero(chosen.any(axis=0)), np.flatnonzero(chosen.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def crop(picture: Picture) -> Pixels:
    xmin, ymin, xmax, ymax = picture.boxes[0]
    return picture.pixels[ymin:ymax, xmin:xmax]


@given(glyph=GLYPH, seed=SEEDS)
def test_a_plain_scene_copies_the_glyph_pixel_for_pixel(
    make_data: MakeData, glyph: Pixels, seed: int
) -> None:
    picture = draw(glyph, make_data(extent="patch"), seed)
    xmin, ymin, xmax, ymax = picture.boxes[0]
    assert (xmax - xmin, ymax - ymin) == (28, 28)
    expected = np.zeros((75, 75), np.uint8)
    expected[ymin:ymax, xmin:xmax] = glyph
    assert (picture.pixels == expected).all()


@given(glyph=GLYPH, seed=SEEDS)
def test_the_ink_box_of_a_plain_scene_is_the_glyph_s_own(
    make_data: MakeData, glyph: Pixels, seed: int
) -> None:
    picture = draw(glyph, make_data(), seed)
    xmin, ymin, xmax, ymax = bounds(glyph >= INK)
    assert (crop(picture) == glyph[ymin:ymax, xmin:xmax]).all()


@st.composite
def turns(draw_value: st.DrawFn) -> dict[str, tuple[float, float]]:
    """Ranges of scale, rotation and slant that fit a canvas of 75x75."""
    turned = draw_value(st.floats(0.0, 90.0))
    slanted = draw_value(st.floats(0.0, 20.0))
    low, high = sorted((draw_value(st.floats(0.5, 1.9)), draw_value(st.floats(0.5, 1.6))))
    # The widest a turned and slanted square gets, as options are refused by.
    lean = 1 + np.tan(np.radians(slanted))
    turn = min(np.radians(turned), np.arctan2(1, lean))
    high = min(high, 75 / 28 / (np.cos(turn) * lean + np.sin(turn)) - 1e-6)
    return {
        "scale": (min(low, high), high),
        "rotation": (-turned, turned),
        "slant": (-slanted, slanted),
        "stroke": draw_value(st.sampled_from([(0.0, 0.0), (-0.3, 0.5), (0.5, 0.5)])),
    }


@settings(max_examples=300)
@given(glyph=GLYPH, seed=SEEDS, scene=turns())
def test_the_ink_box_is_tight_around_the_ink_of_a_clean_drawing(
    make_data: MakeData, glyph: Pixels, seed: int, scene: dict[str, tuple[float, float]]
) -> None:
    picture = draw(glyph, make_data(**scene), seed)
    assert picture.boxes[0] == bounds(picture.pixels >= INK)
    for key, value in (("scale", picture.scene.scale), ("rotation", picture.scene.rotation)):
        assert scene[key][0] <= value <= scene[key][1]


@settings(max_examples=200)
@given(glyph=GLYPH, seed=SEEDS, fixed=st.tuples(*[st.floats(-1.0, 1.0)] * 3))
def test_no_ink_is_lost_at_the_border(
    make_data: MakeData, glyph: Pixels, seed: int, fixed: tuple[float, float, float]
) -> None:
    scale, rotation, slant = 1.0 + 0.3 * fixed[0], 45.0 * fixed[1], 15.0 * fixed[2]
    scene = {"scale": (scale,) * 2, "rotation": (rotation,) * 2, "slant": (slant,) * 2}
    # On a canvas just wide enough, the digit must look as it does with room all around it.
    narrow = draw(glyph, make_data(size=(62, 62), **scene), seed)
    wide = draw(glyph, make_data(size=(300, 300), **scene), seed + 1)
    ink = bounds(wide.pixels >= INK)
    if min(ink[0], ink[1]) > 0 and max(ink[2], ink[3]) < 300:
        assert crop(narrow).shape == pytest.approx(crop(wide).shape, abs=1)
        # OpenCV's fixed point may round a grey by a level, hardly ever across the edge of ink.
        if crop(narrow).shape == crop(wide).shape:
            assert np.abs(crop(narrow).astype(int) - crop(wide)).max() <= 8


@given(glyph=GLYPH, seed=SEEDS)
def test_a_patch_of_another_size_lies_on_the_canvas(
    make_data: MakeData, glyph: Pixels, seed: int
) -> None:
    picture = draw(glyph, make_data(extent="patch", scale=(0.5, 75 / 28)), seed)
    xmin, ymin, xmax, ymax = picture.boxes[0]
    assert 0 <= xmin < xmax <= 75
    assert 0 <= ymin < ymax <= 75
    side = 28 * picture.scene.scale
    assert side - 1 <= xmax - xmin <= side + 2
    assert side - 1 <= ymax - ymin <= side + 2


@pytest.mark.parametrize("box", ["ink", "patch"])
def test_digits_reach_all_four_borders(make_data: MakeData, box: str) -> None:
    data = make_data(extent=box, size=(40, 50))
    boxes = np.array([draw(GLYPHS[seed], data, seed).boxes[0] for seed in range(600)])
    assert boxes.min(axis=0)[:2].tolist() == [0, 0]
    assert boxes.max(axis=0)[2:].tolist() == [50, 40]


def test_positions_are_uniform(make_data: MakeData) -> None:
    data = make_data(extent="patch", size=(32, 37))
    corners = np.array([draw(GLYPHS[0], data, seed).boxes[0][:2] for seed in range(3000)])
    across, down = np.bincount(corners[:, 0]), np.bincount(corners[:, 1])
    assert (len(across), len(down)) == (10, 5)
    # Four standard deviations of a count of 300 or 600.
    assert np.abs(across - 300).max() < 4 * np.sqrt(300 * 0.9)
    assert np.abs(down - 600).max() < 4 * np.sqrt(600 * 0.8)


def test_a_positive_rotation_is_counter_clockwise(make_data: MakeData) -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[12:16, 14:26] = 255  # a hand that points right
    data = make_data(extent="patch", rotation=(0.0, 0.0))
    assert crop(draw(glyph, data, 0))[:, 20:].any()
    up = draw(glyph, make_data(rotation=(90.0, 90.0)), 0)
    expected = np.rot90(glyph)  # counter-clockwise, as NumPy says
    xmin, ymin, xmax, ymax = bounds(expected >= INK)
    assert (crop(up) == expected[ymin:ymax, xmin:xmax]).all()


def test_a_positive_slant_leans_to_the_right(make_data: MakeData) -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[4:24, 12:16] = 255
    drawn = crop(draw(glyph, make_data(slant=(30.0, 30.0)), 0))
    top, bottom = bounds(drawn[:2] >= INK), bounds(drawn[-2:] >= INK)
    # 20 rows at tan 30 degrees.
    assert (top[0] + top[2]) / 2 - (bottom[0] + bottom[2]) / 2 == pytest.approx(11, abs=1.5)


def test_scale_is_the_size_of_the_digit(make_data: MakeData) -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[4:24, 9:19] = 255
    xmin, ymin, xmax, ymax = draw(glyph, make_data(scale=(2.0, 2.0)), 0).boxes[0]
    assert (xmax - xmin, ymax - ymin) == (pytest.approx(20, abs=1), pytest.approx(40, abs=1))


@given(glyph=GLYPH, seed=SEEDS)
def test_a_drawing_depends_on_the_seed_alone(make_data: MakeData, glyph: Pixels, seed: int) -> None:
    data = make_data(
        scale=(0.8, 1.3), rotation=(-10.0, 10.0), contrast=(0.5, 1.0), noise=(0.0, 0.1),
        background=(0.0, 0.2), clutter=(0, 3),
    )  # fmt: skip
    before = glyph.copy()
    first, second = draw(glyph, data, seed), draw(glyph, data, seed)
    assert (first.pixels == second.pixels).all()
    assert first._replace(pixels=None) == second._replace(pixels=None)
    assert (glyph == before).all()


def test_another_seed_gives_another_drawing(make_data: MakeData) -> None:
    first, second = (draw(GLYPHS[0], make_data(), seed) for seed in range(2))
    assert first.boxes[0] != second.boxes[0]


@pytest.mark.parametrize("noise", [0.02, 0.06, 0.16])
def test_noise_has_the_asked_standard_deviation(make_data: MakeData, noise: float) -> None:
    data = make_data(
        noise=(noise, noise), background=(0.5, 0.5), contrast=(0.1, 0.1), size=(300, 300)
    )
    picture = draw(GLYPHS[0], data, 3)
    paper = picture.pixels.astype(float)
    xmin, ymin, xmax, ymax = picture.boxes[0]
    paper[max(ymin - 2, 0) : ymax + 2, max(xmin - 2, 0) : xmax + 2] = np.nan
    assert picture.scene.noise == noise
    assert np.nanstd(paper) == pytest.approx(255 * noise, rel=0.03)
    assert np.nanmean(paper) == pytest.approx(127.5, abs=1.0)


def test_noise_is_not_the_same_in_neighbouring_pixels(make_data: MakeData) -> None:
    data = make_data(noise=(0.1, 0.1), background=(0.5, 0.5), contrast=(0.1, 0.1))
    blank = np.zeros((28, 28), np.uint8)
    blank[14, 14] = 255
    grain = draw(blank, data, 1).pixels.astype(float)
    for shifted in (grain[1:, :-1], grain[:-1, 1:]):
        assert abs(np.corrcoef(grain[:-1, :-1].ravel(), shifted.ravel())[0, 1]) < 0.06


@given(
    seed=SEEDS,
    contrast=st.floats(0.1, 1.0),
    background=st.floats(0.0, 1.0),
)
def test_contrast_and_background_are_as_asked_and_recorded(
    make_data: MakeData, seed: int, contrast: float, background: float
) -> None:
    data = make_data(contrast=(contrast, contrast), background=(background, background))
    picture = draw(GLYPHS[0], data, seed)
    # The paper gives way where both together would be more than white.
    paper = 255 * min(background, 1 - contrast)
    assert picture.scene.contrast == contrast
    assert int(picture.pixels.min()) == pytest.approx(paper, abs=0.51)
    assert int(picture.pixels.max()) == pytest.approx(paper + 255 * contrast, abs=0.51)


def test_clutter_is_as_many_strokes_as_recorded_and_no_part_of_the_box(
    make_data: MakeData,
) -> None:
    data = make_data(clutter=(0, 3))
    counts = []
    for seed in range(200):
        picture = draw(GLYPHS[seed], data, seed)
        clean = draw(GLYPHS[seed], make_data(), seed)
        counts.append(len(picture.scene.strays))
        assert picture.boxes[0] == clean.boxes[0]
        assert (picture.pixels >= clean.pixels).all()
        assert (picture.pixels != clean.pixels).any() or len(picture.scene.strays) < 2
        strays = cv2.connectedComponents((picture.pixels > clean.pixels).astype(np.uint8))[0] - 1
        assert strays > 0 or len(picture.scene.strays) < 2
    assert set(counts) == {0, 1, 2, 3}
    assert np.bincount(counts).min() > 25


def test_pieces_are_squares_of_glyphs_and_no_part_of_the_box(make_data: MakeData) -> None:
    for seed in range(50):
        picture = draw(GLYPHS[seed], make_data(size=(60, 60), pieces=(4, 4)), seed)
        clean = draw(GLYPHS[seed], make_data(size=(60, 60)), seed)
        expected = clean.pixels.copy()
        assert len(picture.scene.pieces) == 4
        for glyph, left, top, x, y in picture.scene.pieces:
            source = GLYPHS[int(glyph * len(GLYPHS))][top : top + 8, left : left + 8]
            expected[y : y + 8, x : x + 8] = np.maximum(expected[y : y + 8, x : x + 8], source)
        assert picture.boxes[0] == clean.boxes[0]
        np.testing.assert_array_equal(picture.pixels, expected)


def test_light_paper_is_the_same_picture_inverted(make_data: MakeData) -> None:
    scene = {"contrast": (0.5, 0.9), "noise": (0.0, 0.1), "clutter": (0, 3), "shading": (0.0, 0.2)}
    for seed in range(20):
        dark, light = (
            draw(GLYPHS[seed], make_data(paper=paper, **scene), seed) for paper in ("dark", "light")
        )
        assert (light.pixels == 255 - dark.pixels).all()
        assert (light.boxes[0], light.scene) == (dark.boxes[0], dark.scene)


def test_three_channels_repeat_the_grey(make_data: MakeData) -> None:
    scene = {"noise": (0.1, 0.1), "background": (0.2, 0.2), "contrast": (0.5, 0.5)}
    grey = draw(GLYPHS[0], make_data(**scene), 0)
    rgb = draw(GLYPHS[0], make_data(channels=3, **scene), 0)
    assert rgb.pixels.shape == (75, 75, 3)
    assert (rgb.pixels == grey.pixels[:, :, None]).all()


def test_without_saturation_colours_are_grey(make_data: MakeData) -> None:
    plain = {"channels": 3, "clutter": (3, 3), "noise": (0.05, 0.05), "blur": (0.5, 0.5)}
    grey = draw(GLYPHS[0], make_data(**plain), 5)
    faint = draw(GLYPHS[0], make_data(**plain, colour=(1e-6, 1e-6)), 5)
    full = draw(GLYPHS[0], make_data(**plain, colour=(1.0, 1.0)), 5)
    assert (faint.pixels == grey.pixels).all()
    assert (full.pixels <= grey.pixels).all()
    assert (full.pixels != grey.pixels).any()


@pytest.mark.parametrize("size", [(28, 28), (28, 60), (60, 28), (75, 75)])
def test_the_canvas_has_the_asked_size(make_data: MakeData, size: tuple[int, int]) -> None:
    picture = draw(GLYPHS[0], make_data(size=size, noise=(0.1, 0.1), clutter=(2, 2)), 0)
    assert picture.pixels.shape == size
    assert picture.pixels.dtype == np.uint8


def test_every_digit_has_a_box_at_the_smallest_scale(make_data: MakeData) -> None:
    data = make_data(scale=(0.5, 0.5), rotation=(-90.0, 90.0))
    for seed, glyph in enumerate(GLYPHS[:500]):
        xmin, ymin, xmax, ymax = draw(glyph, data, seed).boxes[0]
        assert xmax - xmin >= 1
        assert ymax - ymin >= 2


def ink_of(glyph: Pixels, data: DataOptions) -> int:
    return int((draw(glyph, data, 0).pixels >= INK).sum())


@given(glyph=GLYPH)
def test_stroke_makes_lines_thicker_or_thinner(make_data: MakeData, glyph: Pixels) -> None:
    widths = [ink_of(glyph, make_data(stroke=(s, s))) for s in (-0.6, 0.0, 0.6)]
    assert 0 < widths[0] < widths[1] < widths[2]


def test_a_full_stroke_adds_a_pixel_on_each_side(make_data: MakeData) -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[8:20, 12:16] = 255
    xmin, ymin, xmax, ymax = draw(glyph, make_data(stroke=(1.0, 1.0)), 0).boxes[0]
    assert (xmax - xmin, ymax - ymin) == (6, 14)
    xmin, ymin, xmax, ymax = draw(glyph, make_data(stroke=(-1.0, -1.0)), 0).boxes[0]
    assert (xmax - xmin, ymax - ymin) == (2, 10)


def test_a_stroke_too_thin_to_be_thinned_is_left_as_it_is_beside_one_that_is_not(
    make_data: MakeData,
) -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[4:24, 6:8] = 255
    glyph[4:24, 14:20] = 255
    drawn = crop(draw(glyph, make_data(stroke=(-2.0, -2.0)), 0))
    assert (drawn[10] >= INK).tolist() == [True] * 2 + [False] * 8 + [True] * 2


def test_the_thinnest_digit_keeps_its_shape(make_data: MakeData) -> None:
    data = make_data(stroke=(-2.0, -2.0), scale=(0.5, 0.5))
    for glyph in GLYPHS[:200]:
        box, thinned = (
            draw(glyph, make_data(scale=(0.5, 0.5)), 0).boxes[0],
            draw(glyph, data, 0).boxes[0],
        )
        assert thinned[3] - thinned[1] >= 0.6 * (box[3] - box[1]) - 1


@pytest.mark.parametrize(
    ("option", "value"),
    [("blur", (1.0, 1.0)), ("shading", (0.3, 0.3)), ("ruled", 1.0), ("elastic", (1.0, 1.0))],
)
def test_what_the_camera_and_the_paper_do_leaves_the_box(
    make_data: MakeData, option: str, value: Any
) -> None:
    for seed in range(20):
        plain = draw(GLYPHS[seed], make_data(contrast=(0.5, 0.5)), seed)
        drawn = draw(GLYPHS[seed], make_data(contrast=(0.5, 0.5), **{option: value}), seed)
        assert (drawn.pixels != plain.pixels).any()
        if option != "elastic":
            assert drawn.boxes[0] == plain.boxes[0]
        if option in ("ruled", "shading"):
            assert (drawn.pixels >= plain.pixels).all()


def test_a_picture_without_a_digit_has_no_box_and_no_ink_of_a_digit(make_data: MakeData) -> None:
    data = make_data(empty=1.0, ink=True)
    pictures = [draw(GLYPHS[seed], data, seed) for seed in range(100)]
    kinds = {
        bool(one.scene.other.letter) + 2 * bool(one.scene.other.scribble)
        for one in pictures
        if one.scene.other
    }
    assert kinds == {0, 1, 2}
    assert all(one.boxes == [] for one in pictures)
    assert not np.array([one.ink for one in pictures]).any()
    for one in pictures:
        blank = one.scene.other == Other()
        assert (one.pixels >= INK).any() != blank


@given(glyph=GLYPH, seed=SEEDS)
def test_the_ink_beside_a_picture_is_that_of_the_digit_alone(
    make_data: MakeData, glyph: Pixels, seed: int
) -> None:
    scene = {"scale": (0.8, 1.3), "rotation": (-10.0, 10.0)}
    picture = draw(glyph, make_data(ink=True, clutter=(1, 3), noise=(0.1, 0.1), **scene), seed)
    clean = draw(glyph, make_data(**scene), seed)
    assert picture.ink is not None
    assert (picture.ink == np.where(clean.pixels >= INK, 255, 0)).all()
    assert bounds(picture.ink == 255) == picture.boxes[0]
    assert clean.ink is None
