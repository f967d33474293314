"""A comparison for people at a terminal: tables and sentences."""

from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from evaluation.eval_config import LOWER_IS_BETTER
from evaluation.slice_names import CROSS
from evaluation.verdict import TITLES, ends
from pipeline.compare.compare import MINIMUM, Comparison, Model, Row, Value

_ON_TERMINAL = 8
_CLOSE = (0, 1, 0, 0)
"""Between cells, so that intervals of three models fit 80 columns."""
NONE_JUDGED = f"No slice has the {MINIMUM} pictures that it takes to tell a change from chance."


def as_tables(comparison: Comparison) -> Group:
    """The whole, and the slices that changed most."""
    names = [model.name for model in comparison.models]
    title = f"{comparison.pictures:,} pictures, 95% intervals in brackets"
    whole = Table(title=title, box=SIMPLE_HEAD, pad_edge=False, padding=_CLOSE)
    whole.add_column("", no_wrap=True)
    for name in names:
        whole.add_column(escape(name), justify="right", overflow="fold")
    for title, *cells in overall(comparison, span=_short if len(names) < 3 else _below):
        whole.add_row(title, *map(escape, cells))
    sentences = (escape(one) for one in (*conclusions(comparison), comparison.claim) if one)
    return Group(whole, _slices(comparison, names[1:]), *sentences)


def _slices(comparison: Comparison, others: list[str]) -> Table | str:
    changed = comparison.judged_slices()[:_ON_TERMINAL]
    if not changed:
        return NONE_JUDGED
    title = f"slices that changed most from {comparison.models[0].name}, pictures in brackets"
    table = Table(title=escape(title), box=SIMPLE_HEAD, pad_edge=False, padding=_CLOSE)
    table.add_column("", overflow="fold")
    for column in ("accuracy", "mean IoU"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in changed:
        head = f"{short(row.slice)} ({row.count:,})"
        if len(others) > 1:
            table.add_row(escape(head))
        for name in others:
            found = row.differences[name]
            cells = (signed(found[metric], span=_short) for metric in ("accuracy", "mean_iou"))
            first = escape(f"  {name}") if len(others) > 1 else escape(head)
            table.add_row(first, *map(escape, cells))
    return table


def short(title: str) -> str:
    """The title of a slice, of a cross without its names: `3 x small`."""
    parts = title.split(CROSS)  # of a cross `digit`, `size 3`, `small`
    return title if len(parts) == 1 else CROSS.join([parts[1].partition(" ")[2], *parts[2:]])


Span = Callable[[Value, str], str]
"""How an interval stands behind its value, given the format of a number."""


def _between(value: Value, form: str) -> str:
    return "" if value.lower is None else f" [{value.lower:{form}}, {value.upper:{form}}]"


def _short(value: Value, form: str) -> str:
    """Short enough for two models on 80 columns."""
    return ends(value.lower, value.upper, form)


def _below(value: Value, form: str) -> str:
    """For more models: on a line of its own."""
    return _short(value, form).replace(" ", "\n", 1)


def overall(comparison: Comparison, *, span: Span = _between) -> list[tuple[str, ...]]:
    """Rows of text: a title, then a cell for each model, differences under the values."""
    first, *others = (model.name for model in comparison.models)
    rows = []
    for metric, title in TITLES.items():
        found = (comparison.whole.metrics[name][metric] for name in (first, *others))
        rows.append((title, *(ranged(value, span=span) for value in found)))
        changes = (comparison.whole.differences[name][metric] for name in others)
        rows.append(("  difference", "", *(signed(value, span=span) for value in changes)))
    return [*rows, *_facts(comparison.models)]


def _facts(models: list[Model]) -> list[tuple[str, ...]]:
    return [
        ("parameters", *(f"{m.parameters:,}" if m.parameters else "unknown" for m in models)),
        ("size, MB", *(f"{m.bytes / 1e6:.2f}" for m in models)),
        ("latency of one, ms", *(f"{m.latency_ms:.1f}" for m in models)),
    ]


def ranged(value: Value, *, span: Span = _between) -> str:
    """`0.9795 [0.9731, 0.9859]`."""
    return f"{value.value:.4f}{span(value, '.4f')}"


def signed(value: Value, *, span: Span = _between) -> str:
    """`+0.0100 [+0.0031, +0.0169]`."""
    return f"{value.value:+.4f}{span(value, '+.4f')}"


def conclusions(comparison: Comparison) -> list[str]:
    """A sentence for each model but the first."""
    return [
        f"{pair.other} {_compared(comparison.whole, pair.other)} {pair.first}; it alone is right "
        f"on {pair.only_other:,} of the {comparison.pictures:,} pictures, {pair.first} alone on "
        f"{pair.only_first:,}."
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
    said = [f"{how} in {' and '.join(titles)}" for how, titles in sure.items() if titles]
    return f"is {' but '.join(said)} than" if said else "cannot be told from"
