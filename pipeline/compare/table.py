"""A comparison for people at a terminal: tables and sentences."""

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table

from evaluation.options import MINIMUM
from evaluation.results import SliceResult
from evaluation.wording import SIGNED, ranged
from pipeline.compare.compare import Comparison, Model
from vocabulary.task.judging import always_shown, metrics_of

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
    for head in headings(comparison):
        whole.add_column(head, justify="right", overflow="fold")
    for title, *cells in overall(comparison, short=True):
        if len(names) > 2:  # intervals on lines of their own
            cells = [cell.replace(" [", "\n[") for cell in cells]
        whole.add_row(title, *cells)
    sentences = filter(None, (*conclusions(comparison), comparison.claim))
    return Group(whole, _slices(comparison, names[1:]), *sentences)


def _slices(comparison: Comparison, others: list[str]) -> Table | str:
    changed = comparison.judged_slices()[:_ON_TERMINAL]
    if not changed:
        return NONE_JUDGED
    first = comparison.models[0].title
    title = f"slices that changed most from {first}, pictures in brackets"
    table = Table(title=title, box=SIMPLE_HEAD, pad_edge=False, padding=_CLOSE)
    table.add_column("", overflow="fold")
    metrics = always_shown(metrics_of(comparison.task))
    for metric in metrics:
        table.add_column(metric.title, justify="right", no_wrap=True)
    for row in changed:
        head = f"{short(row)} ({row.count:,})"
        if len(others) > 1:
            table.add_row(head)
        for name in others:
            off = row.differences[name]
            cells = (ranged(off[metric.name], SIGNED, short=True) for metric in metrics)
            mine = f"  {comparison.titles[name]}" if len(others) > 1 else head
            table.add_row(mine, *cells)
    return table


def headings(comparison: Comparison) -> list[str]:
    """What stands above the columns of the models: the title, and the name below it."""
    titles = comparison.titles.items()
    return [title if name in title else f"{title}\n{name}" for name, title in titles]


def short(one: SliceResult) -> str:
    """The title of a slice, of a cross without its names: `3 x small`."""
    return one.value if len(one.key) > 1 else one.slice


def overall(comparison: Comparison, *, short: bool = False) -> list[tuple[str, ...]]:
    """Rows of text: a title, then a cell for each model, differences under the values."""
    first, *others = (model.name for model in comparison.models)
    rows = []
    for metric in metrics_of(comparison.task).values():
        values = (comparison.whole.metrics[name][metric.name] for name in (first, *others))
        rows.append((metric.title, *(ranged(value, short=short) for value in values)))
        changes = (comparison.whole.differences[name][metric.name] for name in others)
        rows.append(
            ("  difference", "", *(ranged(value, SIGNED, short=short) for value in changes))
        )
    return [*rows, *_facts(comparison.models)]


def _facts(models: list[Model]) -> list[tuple[str, ...]]:
    return [
        ("parameters", *(f"{m.parameters:,}" if m.parameters else "unknown" for m in models)),
        ("size, MB", *(f"{m.bytes / 1e6:.2f}" for m in models)),
        ("latency of one, ms", *(f"{m.latency_ms:.1f}" for m in models)),
    ]


def conclusions(comparison: Comparison) -> list[str]:
    """A sentence for each model but the first."""
    titles = comparison.titles
    return [
        f"{_capital(titles[pair.other])} {_compared(comparison, pair.other)} {titles[pair.first]}; "
        f"it alone is right on {pair.only_other:,} of the {comparison.pictures:,} pictures, "
        f"{titles[pair.first]} alone on {pair.only_first:,}."
        for pair in comparison.pairs
    ]


def _capital(title: str) -> str:
    return f"{title[:1].upper()}{title[1:]}"


def _compared(comparison: Comparison, name: str) -> str:
    significant: dict[str, list[str]] = {"better": [], "worse": []}
    for metric in always_shown(metrics_of(comparison.task)):
        off = comparison.whole.differences[name][metric.name]
        if off.lower is None or off.upper is None or off.lower <= 0 <= off.upper:
            continue
        better = (off.value > 0) is (metric.better == "higher")
        ends = sorted((abs(off.lower), abs(off.upper)))
        by = f"{metric.title} (by {abs(off.value):.4f}, 95% CI {ends[0]:.4f} to {ends[1]:.4f})"
        significant["better" if better else "worse"].append(by)
    parts = [f"{how} in {' and '.join(titles)}" for how, titles in significant.items() if titles]
    return f"is {' but '.join(parts)} than" if parts else "cannot be told from"
