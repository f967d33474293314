"""Draws docs/hero.webp, the animation of the README: three digits are drawn on the server's page.

digits serve
.venv/bin/python docs/generate/hero.py http://127.0.0.1:8501
"""

import io
import itertools
import math
import sys
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERO: Final = Path(__file__).parents[1] / "hero.webp"
CLIP: Final = {"x": 20, "y": 84, "width": 1060, "height": 622}
SIZE: Final = (848, 498)

Point = tuple[float, float]
"""In shares of the paper's width and height."""


def line(*corners: Point) -> list[Point]:
    """A stroke from corner to corner."""
    points = []
    for (x, y), (to_x, to_y) in itertools.pairwise(corners):
        steps = max(2, int(40 * math.hypot(to_x - x, to_y - y)))
        points += [(x + (to_x - x) * i / steps, y + (to_y - y) * i / steps) for i in range(steps)]
    return [*points, corners[-1]]


def arc(centre: Point, radii: Point, start: float, end: float) -> list[Point]:
    """Part of an ellipse, from one angle to another in degrees, clockwise."""
    steps = int(abs(end - start) / 9)
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [
        (centre[0] + radii[0] * math.cos(a), centre[1] + radii[1] * math.sin(a)) for a in angles
    ]


DIGITS: Final = (
    [line((0.16, 0.2), (0.44, 0.16), (0.32, 0.44), (0.28, 0.66))],
    [arc((0.72, 0.33), (0.1, 0.1), -160, 80) + arc((0.71, 0.54), (0.13, 0.12), -85, 150)],
    [
        line((0.36, 0.36), (0.35, 0.54)) + arc((0.42, 0.66), (0.12, 0.13), -125, 140),
        line((0.36, 0.36), (0.54, 0.34)),
    ],
)


def film(page: Page) -> tuple[list[Image.Image], list[int]]:
    """The frames, and how long each is shown in milliseconds."""
    frames, times = [], []
    paper: Any = page.locator("#canvas").bounding_box()

    def shoot(milliseconds: int) -> None:
        shot = Image.open(io.BytesIO(page.screenshot(clip=CLIP)))  # type: ignore[arg-type]
        frames.append(shot.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS))
        times.append(milliseconds)

    def move(point: Point) -> None:
        x, y = point
        page.mouse.move(paper["x"] + x * paper["width"], paper["y"] + y * paper["height"])

    shoot(600)
    for digit in DIGITS:
        for stroke in digit:
            move(stroke[0])
            page.mouse.down()
            for number, point in enumerate(stroke[1:], start=1):
                move(point)
                if number % 3 == 0:
                    page.wait_for_timeout(160)  # the answer of the server
                    shoot(110)
            page.mouse.up()
        page.wait_for_timeout(700)
        shoot(1700)
        page.locator("#clear").click()
        page.wait_for_timeout(400)
    return frames, times


def main(url: str) -> None:
    """Draws on the page of a server, and writes the animation."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1100, "height": 900}, color_scheme="light")
        page.goto(url)
        page.wait_for_timeout(2500)
        (first, *rest), times = film(page)
        browser.close()
    first.save(
        HERO, save_all=True, append_images=rest, duration=times, loop=0, lossless=True, method=6
    )


if __name__ == "__main__":
    main(sys.argv[1])
