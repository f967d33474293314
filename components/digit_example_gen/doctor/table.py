"""An examination on one screen."""

from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from components.digit_example_gen.doctor.examine import Examination, FoundAt
from components.digit_example_gen.doctor.model_section import as_lines
from vocabulary.classes import TEN, in_yaml, label_of, listed

_SHOWN: Final = 4
"""Findings of a severity on the screen; the JSON has all."""
_COLOURS: Final = {"error": "red", "warning": "yellow", "look at": "cyan", "note": "dim"}
_TITLES: Final = {
    "error": ("error", "errors", "each leaves its picture out"),
    "warning": ("warning", "warnings", "likely mistakes"),
    "look at": ("to look at", "to look at", "perhaps wrong labels, the likeliest first"),
    "note": ("note", "notes", "good to know"),
}
"""One finding, several, and what they mean."""


def as_screen(examination: Examination) -> RenderableType:
    """What is there, then what is wrong with it, by severity."""
    return Group(_counts(examination), *_facts(examination), _findings(examination))


def _counts(examination: Examination) -> Table:
    splits = [*examination.pictures]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("class")
    for split in splits:
        table.add_column(split, justify="right")
    for name, counts in examination.objects.items():
        table.add_row(name, *(f"{counts.get(split, 0):,}" for split in splits))
    table.add_section()
    table.add_row("pictures", *(f"{count:,}" for count in examination.pictures.values()))
    return table


def _facts(examination: Examination) -> list[Text]:
    several = ", ".join(
        f"{pictures:,} with {count}" for count, pictures in examination.objects_in_a_picture.items()
    )
    lines = [f"{examination.folder}: labels as {examination.form}; objects: {several}"]
    if names := [n for n in examination.objects if label_of(n, TEN) is None]:
        keys = in_yaml([*examination.objects])
        lines.append(f"classes beside the digits: {listed(names)}; train with task.classes={keys}")
    if examination.sides:
        sides = examination.sides
        lines.append(
            f"sides of boxes: {sides.smallest:.0%} to {sides.largest:.0%} of the picture's, "
            f"median {sides.median:.0%}"
        )
    if examination.model:
        lines += as_lines(examination.model)
    return [Text(line) for line in lines]


def _findings(examination: Examination) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    if not examination.findings:
        table.add_row(Text("healthy", "green"), "nothing is wrong with it")
    for severity, colour in _COLOURS.items():
        found = [one for one in examination.findings if one.severity == severity]
        if found:
            one, several, meaning = _TITLES[severity]
            title = one if len(found) == 1 else several
            table.add_row(Text(f"{len(found):,} {title}", colour), meaning)
        for finding in (found if severity == "look at" else _different(found))[:_SHOWN]:
            table.add_row("", f"{finding.file}{finding.place} {finding.sentence}; {finding.advice}")
        if len(found) > _SHOWN:
            table.add_row("", f"... and {len(found) - _SHOWN:,} more, which --json has")
    return table


def _different(found: list[FoundAt]) -> list[FoundAt]:
    """Those with sentences of their own first, so that a common one hides no other."""
    seen: set[str] = set()
    first: list[FoundAt] = []
    rest: list[FoundAt] = []
    for one in found:
        (rest if one.sentence in seen else first).append(one)
        seen.add(one.sentence)
    return first + rest
