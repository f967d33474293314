"""A model card: what the model is for, what it is not for, on what that rests.

The headings follow M. Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from typing import Any

from components.report.document import Listing, Part, Section, Table
from components.report.sections.slices import as_text, name_slice, weakest
from evaluation import clusters
from evaluation.results import SliceMetrics
from vocabulary.task.judging import metrics_of

_SOURCES = {
    "uci": "the UCI handwritten digits inside scikit-learn, 1,797 glyphs of 8x8",
    "mnist": "MNIST, 70,000 glyphs of 28x28",
}
_BOXES = {"ink": "tight around the ink", "patch": "the whole pasted square"}


def model_card(config: dict[str, Any], found: list[SliceMetrics], *, parameters: int) -> Section:
    """The card as a table, from the effective config and the evaluation."""
    rows = [
        ("Model", f"{config['model']['kind']}, {parameters:,} parameters"),
        ("Task", "find one handwritten digit on a picture and read it"),
        ("Use", _use(config)),
        ("Limits", _limits(config)),
        ("Data", _data(config)),
        ("Results", _results(found, minimum=config["evaluation"]["minimum"])),
    ]
    parts: list[Part] = [Table(("", ""), rows, numeric=False), _by_slice(found)]
    return Section("model-card", "Model card", parts)


def configuration(text: str) -> Section:
    """The effective config, as YAML."""
    return Section("config", "Config", [Listing("The effective config, every key", text)])


def _use(config: dict[str, Any]) -> str:
    canvas = config["canvas"]
    return (
        f"Pictures like those it was trained on, brought to {canvas['width']}x{canvas['height']} "
        "pixels: light ink on dark paper, one digit. Learning, testing a pipeline, and as a start "
        "for training on pictures of one's own."
    )


def _limits(config: dict[str, Any]) -> str:
    scene, further = config["scene"], config["augmentation"]["rotation"]
    low, high = scene["rotation"]
    turns = [max(low - further, -90), min(high + further, 90)]
    return (
        "It always answers with one digit and one box, also for a picture without a digit or with "
        f"several. Unseen in training: sizes beyond {_range(scene['scale'])} of 28 pixels, turns "
        f"beyond {_range(turns)} degrees, contrast below {scene['contrast'][0]:g}, "
        "photographs, print, other scripts. Not for decisions about people."
    )


def _data(config: dict[str, Any]) -> str:
    sizes = ", ".join(f"{size:,} {name}" for name, size in config["splits"].items())
    source = _SOURCES.get(config["source"]["kind"], config["source"]["kind"])
    return (
        f"Scenes drawn from {source}; {sizes}. No glyph is in two splits. Boxes are "
        f"{_BOXES.get(config['box'], config['box'])}."
    )


def _results(found: list[SliceMetrics], *, minimum: int) -> str:
    whole = next(one for one in found if not one.key)
    said = [
        f"Accuracy {as_text(whole.metrics['accuracy'])} and mean IoU "
        f"{as_text(whole.metrics['mean_iou'])} on {whole.count:,} eval pictures."
    ]
    for metric, name in (("accuracy", "accuracy"), ("mean_iou", "mean IoU")):
        if worst := weakest(found, metric, minimum=minimum):
            said.append(
                f"Lowest {name}: {as_text(worst.metrics[metric])}, {name_slice(worst)} "
                f"({worst.count:,} pictures)."
            )
    said.append(clusters.claim(whole.count, whole.sources, whole.forms))
    said.append("Settings chosen by looking at this split make it optimistic.")
    return " ".join(filter(None, said))


def _by_slice(found: list[SliceMetrics]) -> Table:
    """The whole and the slices that are no crosses."""
    shown = [one for one in found if len(one.key) < 2]
    metrics = ("accuracy", "mean_iou")
    return Table(
        ("slice", "pictures", *(metrics_of("localization")[metric].title for metric in metrics)),
        [
            (name_slice(one), f"{one.count:,}", *(as_text(one.metrics[m]) for m in metrics))
            for one in shown
        ],
        folded="Results by slice",
    )


def _range(ends: list[float]) -> str:
    return f"{ends[0]:g} to {ends[1]:g}"
