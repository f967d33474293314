"""What readers of labels give: a small record for each picture, and findings for what is wrong.

A reader raises nothing for a bad record: it goes on, so that one reading finds all that is wrong.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from vocabulary.boxes import Edges
from vocabulary.classes import LONGEST

Severity = Literal["error", "warning", "look at", "note"]
"""An error leaves its picture out; a warning is likely a mistake; at what a model disagrees with
somebody should look; a note is good to know."""

ROUNDING: Final = 1e-3
"""How far an edge may be off the picture, of which it is a share."""
LARGEST: Final = 10**6
"""Pixels that the side of a picture may have, as its label says it."""


class Object(NamedTuple):
    """One object on a picture.

    Attributes:
        name: of its class.
        box: (xmin, ymin, xmax, ymax) in [0, 1] of the picture as it was seen when it was labelled.
        where: the place of its label, `file:line` or `file $.annotations[3]`.
    """

    name: str
    box: Edges
    where: str


class Annotated(NamedTuple):
    """A picture with its labels, which was not opened yet.

    Attributes:
        path: of the picture, in the folder.
        objects: on it, in the order of the label.
        size: width and height in pixels as the label says; None where it does not.
        split: that its label or its place puts it in; None where they do not.
    """

    path: str
    objects: tuple[Object, ...]
    size: tuple[int, int] | None = None
    split: str | None = None


class Finding(NamedTuple):
    """Something that is wrong, or worth knowing.

    Attributes:
        severity: how bad it is.
        file: in the folder.
        place: in the file, `:3` or ` $.annotations[3]`; empty for the whole of it.
        sentence: what is wrong; it goes on after file and place, as in "has no area".
        advice: the way out.
        picture: that it is about, which an error leaves out; empty where none is known.
    """

    severity: Severity
    file: str
    place: str
    sentence: str
    advice: str
    picture: str = ""

    def __str__(self) -> str:
        return f"{self.file}{self.place} {self.sentence}; {self.advice}"


@dataclass
class Labels:
    """All that is known of a folder without opening a picture.

    Attributes:
        form: the name of the format.
        classes: the names of the classes, in the order of the file that lists them; where none
            does, those that there are, sorted.
        records: one for each picture that has a label, those with errors too.
        findings: in the order in which they were found.
    """

    form: str
    classes: tuple[str, ...] = ()
    records: list[Annotated] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def errors(self) -> dict[str, Finding]:
        """The first error of each picture, or of each file where no picture is known."""
        errors: dict[str, Finding] = {}
        for finding in self.findings:
            if finding.severity == "error":
                errors.setdefault(finding.picture or finding.file, finding)
        return errors


class BoxError(ValueError):
    """Why edges are no box: the end of a sentence, and the way out."""

    def __init__(self, sentence: str, advice: str):
        super().__init__(sentence)
        self.sentence, self.advice = sentence, advice


def class_named(name: str) -> str:
    """The name of a class, which is no longer than the config takes it.

    Raises:
        BoxError: if it is.
    """
    if len(name) > LONGEST:
        raise BoxError(
            f"has the class {name[:20]}..., whose name has {len(name):,} letters",
            f"use a name of {LONGEST} at most",
        )
    return name


def inside(edges: Sequence[float], *, slack: tuple[float, float] = (ROUNDING, ROUNDING)) -> Edges:
    """The box of edges (xmin, ymin, xmax, ymax), shares of the picture, cut off at its border.

    `slack` is how far they may be off it, (across, down).

    Raises:
        BoxError: if they are not finite, not in order, or off the picture.
    """
    xmin, ymin, xmax, ymax = edges
    if not all(map(math.isfinite, edges)):
        raise BoxError("has an edge that is no number", "draw the box again")
    if xmin > xmax or ymin > ymax:
        raise BoxError("has a box that is inverted", "swap its low and its high edges")
    across, down = slack
    if min(xmin + across, ymin + down) < 0 or max(xmax - across, ymax - down) > 1:
        shown = ", ".join(f"{edge:.4g}" for edge in edges)
        raise BoxError(f"has a box that leaves the picture ({shown} of it)", "draw the box again")
    box = max(xmin, 0.0), max(ymin, 0.0), min(xmax, 1.0), min(ymax, 1.0)
    if not (box[0] < box[2] and box[1] < box[3]):
        raise BoxError("has a box without area", "draw the box again, or remove it")
    return box


def without_repeats(objects: Iterable[Object]) -> tuple[tuple[Object, ...], list[Object]]:
    """The objects, each once; and those that were there before, with the same class and box."""
    first: dict[tuple[str, Edges], Object] = {}
    repeats = []
    for one in objects:
        if first.setdefault((one.name, one.box), one) is not one:
            repeats.append(one)
    return tuple(first.values()), repeats
