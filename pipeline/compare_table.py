"""A comparison for people: tables for the terminal, and a page that stands alone."""

import base64
from typing import Final

import jinja2
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from evaluation.eval_config import LOWER_IS_BETTER
from evaluation.verdict import TITLES
from pipeline.compare import Answer, Comparison, Model, Row, Value

TEMPLATE: Final = "compare.html"
_ON_TERMINAL = 8


def as_tables(comparison: Comparison) -> Group:
    """The whole, and the slices that changed most."""
    first, *others = (model.name for model in comparison.models)
    whole = Table(title=f"{comparison.pictures:,} pictures", box=SIMPLE_HEAD, pad_edge=False)
    whole.add_column("")
    for name in (first, *others):
        whole.add_column(escape(name), justify="right")
    for title, *cells in overall(comparison):
        whole.add_row(title, *cells)
    slices = Table(title="slices that changed most", box=SIMPLE_HEAD, pad_edge=False)
    for title in ("slice (pictures)", "model", "accuracy", "mean IoU"):
        slices.add_column(title)
    for row in comparison.slices[:_ON_TERMINAL]:
        for name in others:
            found = row.differences[name]
            changed = [signed(found[metric]) for metric in ("accuracy", "mean_iou")]
            slices.add_row(escape(f"{row.slice} ({row.count:,})"), escape(name), *changed)
    return Group(whole, slices, *(escape(sentence) for sentence in conclusions(comparison)))


def overall(comparison: Comparison) -> list[tuple[str, ...]]:
    """Rows of text: a title, then a cell for each model, differences under the values."""
    first, *others = (model.name for model in comparison.models)
    rows = []
    for metric, title in TITLES.items():
        cells = [ranged(comparison.whole.metrics[name][metric]) for name in (first, *others)]
        rows.append((title, *cells))
        changes = (signed(comparison.whole.differences[name][metric]) for name in others)
        rows.append(("  difference", "", *changes))
    return [*rows, *_facts(comparison.models)]


def _facts(models: list[Model]) -> list[tuple[str, ...]]:
    return [
        ("COCO mAP@[.5:.95]", *(f"{m.coco_map:.4f}" for m in models)),
        ("parameters", *(f"{m.parameters:,}" if m.parameters else "unknown" for m in models)),
        ("size, MB", *(f"{m.bytes / 1e6:.2f}" for m in models)),
        ("one picture, ms", *(f"{m.latency_ms:.1f}" for m in models)),
    ]


def ranged(value: Value) -> str:
    """`0.9795 [0.9731, 0.9859]`."""
    ends = "" if value.lower is None else f" [{value.lower:.4f}, {value.upper:.4f}]"
    return f"{value.value:.4f}{ends}"


def signed(value: Value) -> str:
    """`+0.0100 [+0.0031, +0.0169]`."""
    ends = "" if value.lower is None else f" [{value.lower:+.4f}, {value.upper:+.4f}]"
    return f"{value.value:+.4f}{ends}"


def conclusions(comparison: Comparison) -> list[str]:
    """A sentence for each model but the first."""
    return [
        f"{pair.other} {_compared(comparison.whole, pair.other)} {pair.first}; of the pictures, "
        f"{pair.only_other:,} are right with {pair.other} alone and {pair.only_first:,} with "
        f"{pair.first} alone."
        for pair in comparison.pairs
    ]


def _compared(whole: Row, name: str) -> str:
    sure: dict[str, list[str]] = {"better": [], "worse": []}
    for metric in ("accuracy", "mean_iou"):
        found = whole.differences[name][metric]
        if found.lower is None or found.upper is None or found.lower <= 0 <= found.upper:
            continue
        gains = (found.value > 0) is not (metric in LOWER_IS_BETTER)
        sure["better" if gains else "worse"].append(TITLES[metric])
    said = [f"{how} in {' and '.join(titles)} than" for how, titles in sure.items() if titles]
    return f"is {', '.join(said)}" if said else "cannot be told from"


def as_page(comparison: Comparison, answers: list[Answer]) -> str:
    """HTML that needs nothing but itself."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["data"] = lambda png: base64.b64encode(png).decode()
    return environment.get_template(TEMPLATE).render(
        comparison=comparison,
        answers=answers,
        overall=overall(comparison),
        conclusions=conclusions(comparison),
        ranged=ranged,
        signed=signed,
    )
