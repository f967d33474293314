"""Pictures are drawn upright and large enough, by their task, and never over each other."""

import io
from pathlib import Path

import pytest
from PIL import Image

from serving.drawing import draw, drawn_files
from tests.serving.known_model import picture
from vocabulary.task.find import task_part

PREDICTIONS = task_part("localization", "predictions")


def drawn(encoded: bytes) -> Image.Image:
    png = draw(encoded, PREDICTIONS.NOTHING, how=PREDICTIONS)
    return Image.open(io.BytesIO(png))


@pytest.mark.parametrize(("side", "expected"), [(8, 296), (150, 300), (700, 700)])
def test_a_small_picture_is_enlarged_by_a_whole_factor(side: int, expected: int) -> None:
    image = drawn(picture(0, side=side))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (expected, expected))


def test_what_the_task_draws_is_in_the_picture() -> None:
    colours = drawn(picture(0, side=150)).getcolors(1 << 16)
    assert colours
    assert len(colours) > 1


def test_no_file_is_drawn_over_another_or_over_what_is_read(tmp_path: Path) -> None:
    paths = [tmp_path / "a.png", tmp_path / "in" / "a.jpg", tmp_path / "in" / "b.png"]
    files = drawn_files(paths, tmp_path)
    assert [file.name for file in files.values()] == ["a-2.png", "a-3.png", "b.png"]
