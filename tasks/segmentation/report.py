"""What the pages of a run and of a comparison show of this task: see `vocabulary.task.report`."""

import functools
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tasks.segmentation.measures import decode, masks_of, measure
from tasks.segmentation.options import TaskOptions
from vocabulary.document import Picture, Pictures, Section, Table, Words
from vocabulary.task.report import Card, Evaluated

FEATURES: Final[dict[str, str]] = {}

_SHOWN: Final = 12
FOUND, MISSED, NOT_THERE = (26, 152, 80), (252, 141, 89), (69, 117, 180)
"""Right ink; ink that is missed; paper that is taken for ink."""
_WRONG: Final = 6 / 7
"""Dice of an IoU of 0.75, below which a mask does not count as right."""
_THRESHOLDS: Final = (0.5, 0.75, 0.9, 0.95)


def card(options: TaskOptions) -> Card:
    """What the model card says of the task."""
    return Card(
        task="Find the ink of digits in a picture, pixel by pixel.",
        use="For pictures like those it was trained on, in light ink on dark paper.",
        limits="The mask has the resolution of the canvas, whatever the picture's.",
        truth="Ink is what a glyph covers by half or more of a pixel.",
    )


def picture(
    png: bytes,
    truth: Mapping[str, Any],
    prediction: Mapping[str, Any] | None = None,
    *,
    classes: Sequence[str],
) -> Picture:
    """The picture with its ink tinted: right, missed, and what is none."""
    if prediction is None:
        return Picture(_tinted(png, [(decode(truth["mask"]) >= 0.5, FOUND)]), "")
    true, predicted = (mask >= 0.5 for mask in masks_of(truth["mask"], prediction["mask"]))
    tints = [(true & predicted, FOUND), (true & ~predicted, MISSED), (predicted & ~true, NOT_THERE)]
    areas = int(true.sum() + predicted.sum())
    dice = 2 * int((true & predicted).sum()) / areas if areas else 1.0
    return Picture(_tinted(png, tints), f"Dice\N{NO-BREAK SPACE}{dice:.3f}", wrong=dice < _WRONG)


def _tinted(png: bytes, tints: Iterable[tuple[NDArray[np.bool_], tuple[int, int, int]]]) -> bytes:
    with Image.open(io.BytesIO(png)) as opened:
        pixels = np.array(opened.convert("RGB"))
    for where, colour in tints:
        pixels[where] = colour
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def sections(evaluated: Evaluated) -> list[Section]:
    """Samples, predictions from the worst to the best, and how many masks are how good."""
    dice = measure(
        dict(evaluated.truth), dict(evaluated.predictions), classes=len(evaluated.classes)
    )["dice"]
    ranked = np.argsort(dice, kind="stable")
    middle = max((len(ranked) - _SHOWN) // 2, 0)
    median = f"Around the median of {np.median(dice):.3f}."
    groups = (
        ("Worst", ranked[:_SHOWN], "The lowest Dice."),
        ("Typical", ranked[middle : middle + _SHOWN], median),
        ("Best", ranked[::-1][: _SHOWN // 2], "The highest Dice."),
    )
    show = functools.partial(picture, classes=evaluated.classes)
    first = evaluated.examples(np.arange(len(dice))[:_SHOWN])
    samples = [show(png, truth) for png, truth, _ in first]
    explained = Words(
        "Green ink is found, orange ink is missed, blue is taken for ink and is none."
    )
    shown = [
        Pictures(title, [show(*one) for one in evaluated.examples(rows)], caption)
        for title, rows, caption in groups
    ]
    table = Table(
        ("Dice at least", "pictures", "share"),
        [
            (f"{least:g}", f"{int((dice >= least).sum()):,}", f"{(dice >= least).mean():.4f}")
            for least in _THRESHOLDS
        ],
    )
    return [
        Section("samples", "Samples", [Pictures("From the eval split", samples, "The true ink.")]),
        Section("predictions", "Predictions", [explained, *shown]),
        Section("masks", "Masks", [table]),
    ]
