"""A model card: what the model is for, what it is not for, and on what that rests.

The headings follow M. Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from components.report.sections.slices import lowest, name_slice, weakest, whole_of
from evaluation.results import SliceResult
from evaluation.wording import ranged
from vocabulary.credits import credits_of
from vocabulary.document import Listing, Part, Section, Table
from vocabulary.handwriting import AS_THEY_ARE, FOLDER
from vocabulary.task.judging import Metric, always_shown
from vocabulary.task.report import Card


def model_card(
    config: dict[str, Any],
    card: Card,
    results: list[SliceResult],
    metrics: Mapping[str, Metric],
    *,
    parameters: int,
    sizes: Mapping[str, int],
) -> Section:
    """The card as a table, from the effective config, the task and the evaluation.

    `sizes` are how many examples each split has.
    """
    main, minimum = always_shown(metrics), config["evaluation"]["minimum"]
    rows = [
        ("Model", f"{config['model']['kind']}, {parameters:,} parameters"),
        ("Task", card.task),
        ("Use", f"{card.use} {_use(config)}"),
        ("Limits", f"{card.limits} {_limits(config)}"),
        ("Data", f"{_data(config, sizes)} {card.truth}".strip()),
        ("Results", _results(results, main, minimum=minimum)),
    ]
    parts: list[Part] = [
        Table(("", ""), rows, numeric=False),
        _by_slice(results, main),
        *_licences(_kinds(config)),
    ]
    return Section("model-card", "Model card", parts)


def configuration(text: str) -> Section:
    """The effective config, as YAML."""
    return Section("config", "Config", [Listing("The effective config, every key", text)])


def _use(config: dict[str, Any]) -> str:
    canvas = config["canvas"]
    return (
        f"The pictures should be like those that the model was trained on{_paper(config)}; they "
        f"are scaled to {canvas['width']}x{canvas['height']} pixels. Good for learning, for "
        "testing a pipeline, and as a start for training on your own pictures."
    )


def _paper(config: dict[str, Any]) -> str:
    if not _is_drawn(config):
        return ""
    inks = {"light": "dark ink on light paper", "dark": "light ink on dark paper"}
    return f", {inks[config['scene']['paper']]}"


def _limits(config: dict[str, Any]) -> str:
    if not _is_drawn(config):
        return (
            "It was trained on the pictures of one source; whatever those do not show, it does not "
            "know. Do not use it for decisions about people."
        )
    unseen = ["handwriting" if _kinds(config) == ["font"] else "print", "or other scripts"]
    if not {*AS_THEY_ARE} & {*_kinds(config)}:
        unseen.insert(0, "photographs,")
    scene, further = config["scene"], config["augmentation"]["rotation"]
    low, high = scene["rotation"]
    rotation = [max(low - further, -90), min(high + further, 90)]
    return (
        f"It was not trained on sizes outside {_range(scene['scale'])} times 28 pixels, rotations "
        f"outside {_range(rotation)} degrees, contrast below {scene['contrast'][0]:g}, "
        f"{' '.join(unseen)}. Do not use it for decisions about people."
    )


def _kinds(config: dict[str, Any]) -> list[str]:
    """Of the source, or of the parts of a mixed one."""
    source = config["source"]
    return [part["kind"] for part in source.get("parts", [source])]


def _is_drawn(config: dict[str, Any]) -> bool:
    return not {*_kinds(config)} <= {*AS_THEY_ARE}


def _data(config: dict[str, Any], counts: Mapping[str, int]) -> str:
    sizes = ", ".join(f"{size:,} {name}" for name, size in counts.items())
    if not _is_drawn(config):
        source = "a folder" if _kinds(config) == [FOLDER] else " and ".join(_kinds(config))
        return f"Pictures and labels from {source}; {sizes}. No picture is in two splits."
    sources = " and ".join(_kinds(config))
    credited = any(map(credits_of, _kinds(config)))
    whose = " (whose handwriting that is stands below)" if credited else ""
    return f"Pictures from the source {sources}{whose}; {sizes}. No glyph is in two splits."


def _results(results: list[SliceResult], metrics: list[Metric], *, minimum: int) -> str:
    whole = whole_of(results)
    values = [f"{one.title} {ranged(whole.candidate[one.name])}" for one in metrics]
    sentences = [
        f"On {whole.count:,} eval pictures: {', '.join(values)}.",
        *(
            f"{lowest(metric)} on {name_slice(worst)}: {ranged(worst.candidate[metric.name])} on "
            f"{worst.count:,} pictures."
            for metric in metrics
            if (worst := weakest(results, metric, minimum=minimum))
        ),
        whole.claim,
        "If settings were chosen by looking at this split, the values are optimistic.",
    ]
    return " ".join(filter(None, sentences))


def _by_slice(results: list[SliceResult], metrics: list[Metric]) -> Table:
    """All pictures, and the slices that are no crosses."""
    return Table(
        ("slice", "pictures", *(metric.title for metric in metrics)),
        [
            (name_slice(one), f"{one.count:,}", *(ranged(one.candidate[m.name]) for m in metrics))
            for one in results
            if len(one.key) < 2
        ],
        folded="Results by slice",
    )


def _licences(sources: Sequence[str]) -> list[Table]:
    credited = [one for source in sources for one in credits_of(source)]
    rows = [(one.title, one.rights, one.licence) for one in credited]
    head = ("handwriting", "whose", "licence")
    return [Table(head, rows, numeric=False, folded="Licences of the handwriting")] if rows else []


def _range(ends: list[float]) -> str:
    return f"{ends[0]:g} to {ends[1]:g}"
