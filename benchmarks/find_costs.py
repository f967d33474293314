"""Fits the costs by which `serving.strip` chooses pieces: prints `COSTS` and `CONFIDENCE`.

    .venv/bin/python -m benchmarks.find_costs MODEL FOLDER

MODEL and FOLDER are those of `benchmarks.find`, as are the strips, of training digits. Each row of
pieces has a score: what the model says of its digits, less the costs of its shapes. The costs are
those under which the true numbers are likeliest, over all rows that give them and all others
(LeCun et al., 1998, section VI: discriminative forward training). Each strip counts 20 nats at
most, so that one which cannot be read rightly does not rule.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from scipy.optimize import minimize

from benchmarks.find import KINDS, Floats, digits, synthesise
from serving.local_model import LocalModel, open_model
from serving.prepare import prepare_strip
from serving.shapes import Shape
from serving.strip import Line

MOST = 20.0
RIDGE = 1e-3
"""Keeps costs low that few strips decide."""


class Reading(NamedTuple):
    """A strip of one line, and what the model reads in its pieces."""

    number: list[int]
    line: Line
    shapes: Floats
    """float64 [pieces, shapes]"""
    logarithms: Floats
    """Of probabilities, float64 [pieces, 10]."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", help="of MNIST's IDX files")
    parser.add_argument("--limit", type=int, default=150, help="strips of each kind")
    arguments = parser.parse_args()
    glyphs = digits(arguments.folder, tune=True)
    readings = []
    with open_model(arguments.model) as model:
        for kind in KINDS:
            # Touching digits are rarer, and what is lost on them is more.
            count = arguments.limit // (2 if KINDS[kind].gaps is None else 1)
            strips = synthesise(glyphs, kind, count)
            for picture, number in zip(strips.pictures, strips.numbers, strict=True):
                readings += read(model, picture, number)
    start = np.append(np.zeros(len(Shape._fields)), 1.0)
    fitted = minimize(loss, start, args=(readings,), jac=True, method="L-BFGS-B")
    *costs, confidence = np.round(fitted.x, 1).tolist()
    print(f"{Shape(*costs)}, CONFIDENCE {confidence}; {fitted.fun:.3f} nats a strip")


def read(model: LocalModel, picture: bytes, number: str) -> Iterator[Reading]:
    strip, pieces = prepare_strip(picture, invert="auto")
    if len(strip.lines) == 1:
        probabilities = [one.probabilities for one in model.read(pieces)]
        [line] = strip.lines
        shapes = np.array([piece.shape for piece in line.pieces])
        yield Reading(
            [int(digit) for digit in number], line, shapes, np.log(np.maximum(probabilities, 1e-6))
        )


def loss(weights: Floats, readings: Sequence[Reading]) -> tuple[float, Floats]:
    """Nats by which true numbers are less likely than all, and the ridge; and the slope."""
    lost, slopes = zip(*(_loss(weights, reading) for reading in readings), strict=True)
    costs = np.append(weights[:-1], 0)
    return float(np.mean(lost) + RIDGE * costs @ costs), np.mean(slopes, axis=0) + 2 * RIDGE * costs


def _loss(weights: Floats, reading: Reading) -> tuple[float, Floats]:
    *_, confidence = weights
    own = -reading.shapes @ weights[:-1]
    said = confidence * reading.logarithms
    any_digit = np.logaddexp.reduce(said, axis=1)
    fragments, count = reading.line.fragments, len(reading.number)
    ends = np.array([(piece.start, piece.end) for piece in reading.line.pieces])
    total, shares = _sums(ends, own + any_digit, fragments)
    # The same with the digits that are read so far: from (fragment, k) to (fragment, k + 1).
    read_so_far = np.arange(count)
    steps = ends[:, np.newaxis] * (count + 1) + np.stack([read_so_far, read_so_far + 1], axis=1)
    scores = own[:, np.newaxis] + said[:, reading.number]
    true, of_true = _sums(steps.reshape(-1, 2), scores.ravel(), fragments * (count + 1) + count)
    lost = total - true
    if not lost < MOST:
        return MOST, np.zeros_like(weights)
    of_true = of_true.reshape(scores.shape)
    expected = (np.exp(said - any_digit[:, np.newaxis]) * reading.logarithms).sum(axis=1)
    slope = np.append(
        reading.shapes.T @ (of_true.sum(axis=1) - shares),
        shares @ expected - (of_true * reading.logarithms[:, reading.number]).sum(),
    )
    return lost, slope


def _sums(steps: Floats, scores: Floats, last: int) -> tuple[float, Floats]:
    """Over all ways from 0 to the last node: the logarithm of their sum, and each step's share.

    `steps` are int [n, 2], from a lower node to a higher one; `scores` their logarithms, [n].
    """
    forward, backward = (np.full(last + 1, -np.inf) for _ in range(2))
    forward[0] = backward[last] = 0
    for at in np.argsort(steps[:, 1], kind="stable"):
        low, high = steps[at]
        forward[high] = np.logaddexp(forward[high], forward[low] + scores[at])
    for at in np.argsort(-steps[:, 0], kind="stable"):
        low, high = steps[at]
        backward[low] = np.logaddexp(backward[low], backward[high] + scores[at])
    through = forward[steps[:, 0]] + scores + backward[steps[:, 1]]
    total = forward[last]
    return float(total), np.exp(through - total) if np.isfinite(total) else np.zeros_like(scores)


if __name__ == "__main__":
    main()
