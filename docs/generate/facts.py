"""The facts of drawn pictures, as `vocabulary/facts.py` lists them."""

from vocabulary.facts import FACTS, Fact


def text() -> str:
    """One table; `slices` are the names of the bands that pictures are sliced by."""
    rows = ["| key | what it says | unit | slices |", "|---|---|---|---|"]
    rows += [f"| `{fact.key}` | {fact.title} | {fact.unit} | {_bands(fact)} |" for fact in FACTS]
    return "\n".join(rows)


def _bands(fact: Fact) -> str:
    if fact.bands is None:
        return ""
    edges = [f"{edge:g}" for edge in fact.bands.edges]
    return f"{', '.join(fact.bands.names)} (they part at {' and '.join(edges)})"
