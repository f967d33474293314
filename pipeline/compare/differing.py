"""What differs between the models that are compared, but for their metrics."""

from collections.abc import Callable, Sequence

from pipeline.compare.models import Model
from pipeline.compare.origins import Origin, differing_settings
from vocabulary.document import Part, Section, Table, Words

_UNKNOWN = "unknown"
_FACTS: dict[str, Callable[[Origin], str]] = {
    "trained": lambda origin: f"{origin.trained.day} {origin.trained:%b %Y, %H:%M}",
    "training took": lambda origin: f"{origin.seconds:,.0f} s",
    "data": lambda origin: origin.data,
    "code": lambda origin: origin.code,
}


def differences(models: Sequence[Model]) -> dict[str, list[str]]:
    """Each fact of which the models have other values, with the value of each."""
    facts = {"model": [model.name for model in models]}
    for title, read in _FACTS.items():
        facts[title] = [read(model.origin) if model.origin else _UNKNOWN for model in models]
    facts["parameters"] = [f"{m.parameters:,}" if m.parameters else _UNKNOWN for m in models]
    origins = [model.origin for model in models if model.origin]
    if len(origins) == len(models):
        facts |= differing_settings(origins)
    return {title: values for title, values in facts.items() if len(set(values)) > 1}


def section(models: Sequence[Model]) -> Section:
    """The facts as a table, and a sentence on what is the same."""
    known = all(model.origin for model in models)
    same = [title for title in ("data", "code", "parameters") if title not in differences(models)]
    words = f"The same for all: {', '.join(same)}." if known and same else ""
    unknown = [model.title for model in models if not model.origin]
    if unknown:
        words = f"This workspace does not know where {' and '.join(unknown)} came from."
    rows = [(title, *values) for title, values in differences(models).items()]
    table = Table(("fact", *(model.title for model in models)), rows, numeric=False)
    parts: list[Part] = [Words(words), table] if words else [table]
    return Section("differences", "What differs", parts)
