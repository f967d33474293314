"""The sections that every task has: what they read and conclude."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2

from components.report.sections.data import data
from components.report.sections.drift import drift
from components.report.sections.learning import learning
from components.report.sections.model_card import model_card
from components.report.sections.network import network, read_blocks
from components.report.sections.slices import name_slice, slices, weakest
from components.report.sections.verdict import verdict
from evaluation.results import SliceResult
from evaluation.verdict import Check, Verdict
from pipeline.config.config import Config
from tests.tasks.networks import build
from vocabulary.document import Figure, Section, Table, Words
from vocabulary.handwriting import FONTS
from vocabulary.model_files import NETWORK
from vocabulary.task.judging import Metric, Share
from vocabulary.task.report import Card

MakeSlice = Callable[..., SliceResult]
UNREAD = Share(lambda measured: measured["none"])
ACCURACY = Metric("accuracy", "accuracy", UNREAD, shown="always")
METRICS = {
    metric.name: metric
    for metric in (
        ACCURACY,
        Metric("mean_iou", "mean IoU", UNREAD, shown="always"),
        Metric("edge_error", "edge error", UNREAD, better="lower", unit="pixels"),
    )
}
WATCHED = [
    {"name": "loss", "title": "loss", "better": "lower"},
    *({"name": name, "title": name, "better": "higher"} for name in ("box_iou", "logits_accuracy")),
]


def parts(section: Section, kind: type) -> list[Any]:
    return [part for part in section.parts if isinstance(part, kind)]


def history_of(watched: str, *, epochs: dict[str, list[float]], per_epoch: int = 2) -> Any:
    """A `history.json` with as many steps as the epochs have, and a point every step."""
    steps = list(range(1, 1 + per_epoch * max(map(len, epochs.values()))))
    names = [name for name in epochs if not name.startswith("val_") and name != "seconds"]
    return {
        "parameters": 5, "precision": "float32", "strategy": "one_device, 1 replica",
        "hyperparameters": {"learning_rate": 0.0012}, "watched": watched,
        "steps_per_epoch": per_epoch, "epochs": epochs, "metrics": WATCHED,
        "steps": {"step": steps, **{name: [0.5] * len(steps) for name in names}},
    }  # fmt: skip


LOSSES = {"loss": [3.0, 1.0, 2.0], "val_loss": [3.0, 1.5, 2.0], "seconds": [9.0, 8.0]}


def test_learning_of_a_validation_split_tells_the_best_epoch() -> None:
    section = learning(history_of("validation", epochs=LOSSES))
    assert "Strategy: one_device" in parts(section, Words)[0].text
    assert "tuner chose learning_rate 0.0012" in parts(section, Words)[0].text
    assert "Validation: the whole validation split" in parts(section, Words)[1].text
    (figure,) = parts(section, Figure)
    assert figure.caption == (
        "The loss ended at 0.5000 in training and at 2.0000 on the validation split. Between the "
        "last two of 3 epochs the validation value changed by +0.5000. Epoch 2 was the best, at "
        "1.5000."
    )
    assert ">validation, after each epoch<" in figure.svg
    (table,) = parts(section, Table)
    assert table.rows[1] == ("seconds", "9", "8", "")


def test_learning_of_the_eval_split_calls_it_so_and_advises_nothing() -> None:
    section = learning(history_of("eval", epochs=LOSSES))
    (figure,) = parts(section, Figure)
    texts = [*(words.text for words in parts(section, Words)), figure.caption, figure.svg]
    assert "The eval split also judges the model in the end" in texts[1]
    assert ">eval, after each epoch<" in figure.svg
    for text in texts:
        assert "may still help" not in text
        assert "best" not in text
        assert "validation" not in text.replace("splits.validation", "")


@pytest.mark.parametrize("losses", [[0.5], [0.5, 0.4]])
def test_of_one_or_two_epochs_none_is_the_best(losses: list[float]) -> None:
    (figure,) = parts(learning(history_of("validation", epochs={"loss": losses})), Figure)
    assert "best" not in figure.caption


def test_metrics_are_best_where_they_are_highest() -> None:
    epochs = {"logits_accuracy": [0.1, 0.9, 0.8], "val_logits_accuracy": [0.2, 0.7, 0.6]}
    (figure,) = parts(learning(history_of("validation", epochs=epochs)), Figure)
    assert "Epoch 2 was the best, at 0.7000" in figure.caption


@pytest.mark.parametrize("count", [1, 5000])
@pytest.mark.parametrize("name", ["loss", "box_iou"])
def test_any_number_of_epochs_is_drawn_and_tabled(name: str, count: int) -> None:
    values = [math.nan, 0.0, *(i / count for i in range(count))][-count:]
    epochs = {name: values, f"val_{name}": values}
    section = learning(history_of("validation", epochs=epochs, per_epoch=1))
    assert len(parts(section, Figure)) == 1
    assert len(parts(section, Table)[0].head) <= 41


def test_slices_are_drawn_by_kind_and_the_weakest_is_named(make_slice: MakeSlice) -> None:
    found = [
        make_slice(),
        make_slice(("digit", "4"), accuracy=0.5),
        make_slice(("digit", "5")),
        make_slice(("digit", "5"), ("size", "small"), accuracy=0.6),
        make_slice(("digit", "5"), ("size", "large"), accuracy=0.6),
        make_slice(("clutter", "none")),
    ]
    section = slices(found, METRICS, minimum=1)
    assert len(parts(section, Figure)) == 2  # there is but one clutter
    assert parts(section, Words)[0].text.startswith(
        "Accuracy is lowest on digit 4: 0.5000 on 10 pictures, against 0.9000 on all."
    )
    assert name_slice(found[3]) == "digit 5, size small"
    assert weakest(found, ACCURACY, minimum=1) == found[1]
    assert len(parts(section, Table)[0].rows) == 6


def test_slices_below_the_minimum_are_in_the_table_alone(make_slice: MakeSlice) -> None:
    small = make_slice(("digit", "4"), count=9, accuracy=0.1)
    found = [make_slice(), small, make_slice(("digit", "5")), make_slice(("digit", "6"))]
    section = slices(found, METRICS, minimum=10)
    assert weakest(found, ACCURACY, minimum=10) == found[2]
    assert (
        "Slices of fewer than 10 pictures are in the table alone: 1."
        in parts(section, Words)[0].text
    )
    (figure,) = parts(section, Figure)
    assert ">5 (10)<" in figure.svg
    assert ">4 (9)<" not in figure.svg
    assert len(parts(section, Table)[0].rows) == 4


@pytest.mark.parametrize(
    ("others", "sentence"), [(0, "The config names no slices"), (1, "No slice has the 50 pictures")]
)
def test_nothing_to_draw_is_said(others: int, sentence: str, make_slice: MakeSlice) -> None:
    found = [make_slice(), *(make_slice(("digit", str(d))) for d in range(others))]
    section = slices(found, METRICS, minimum=50)
    assert parts(section, Figure) == []
    assert sentence in parts(section, Words)[0].text


def check(**changes: Any) -> Check:
    known = {
        "metric": "accuracy", "title": "accuracy", "slice": "whole", "count": 2000,
        "reason": "too low",
        "value": 0.9, "bar": 0.95, "champion": 0.91, "passed": False,
        "difference": -0.01, "low": -0.02, "high": 0.0,
    }  # fmt: skip
    return Check.model_validate(known | changes)


@pytest.mark.parametrize("pushed", ["99", ""])
def test_verdict_is_shown_check_by_check(pushed: str, make_slice: MakeSlice) -> None:
    lone = dict.fromkeys(("value", "bar", "champion", "difference", "low", "high", "passed"))
    judged = Verdict(
        blessed=False, sentence="Not blessed.", champion="version 17", margin=0.01,
        checks=[check(), check(**lone)],
    )  # fmt: skip
    section = verdict(judged, make_slice(interval=True), METRICS, pushed=pushed)
    first, second = parts(section, Words)
    assert (first.text, first.tone) == ("Not blessed.", "bad")
    assert second.text.startswith(
        f"Pushed as version {pushed}. Compared with the champion, version 17:"
        if pushed
        else "Not pushed. "
    )
    table, folded = parts(section, Table)
    assert table.rows[0][1:6] == (
        "whole (2,000)", "0.9000", "0.95", "0.9100", "-0.0100 [-0.0200, +0.0000]",
    )  # fmt: skip
    assert table.rows[0][6:] == ("no", "too low")
    assert folded.folded == "1 metric without a bar"
    assert folded.rows[0][2:] == ("none", "none", "none")
    (figure,) = parts(section, Figure)
    assert ">accuracy  0.9000<" in figure.svg
    assert "diamonds are the champion's values" in figure.caption


def test_without_a_champion_the_verdict_says_so(make_slice: MakeSlice) -> None:
    judged = Verdict(
        blessed=True,
        sentence="Blessed.",
        champion=None,
        margin=0.01,
        checks=[check(champion=None, difference=None)],
        claim="Of 2 forms.",
    )
    section = verdict(judged, make_slice(), METRICS, pushed="1")
    assert parts(section, Words)[1].text.endswith(" Of 2 forms.")
    assert "no champion" in parts(section, Words)[1].text
    assert "difference" not in parts(section, Table)[0].head


def test_model_that_serves_already_is_said_to(make_slice: MakeSlice) -> None:
    judged = Verdict(
        blessed=True, sentence="Blessed.", champion=None, same_as="version 7", margin=0.0, checks=[]
    )
    section = verdict(judged, make_slice(), METRICS, pushed="", already=7)
    assert parts(section, Figure) == []
    assert parts(section, Words)[1].text == (
        "Not pushed again: it already serves as version 7. "
        "The champion, version 7, is this very model: nothing to compare with."
    )


def test_anomalies_are_a_table() -> None:
    statistics = {"eval": statistics_pb2.DatasetFeatureStatistics(num_examples=7)}
    wrong = anomalies_pb2.Anomalies()
    wrong.anomaly_info["scene/scale"].description = "too large"
    fine, bad = (data(statistics, {"eval": a}, {}) for a in (anomalies_pb2.Anomalies(), wrong))
    assert "7 eval" in parts(fine, Words)[0].text
    assert parts(fine, Words)[1].tone == "good"
    assert parts(bad, Table)[0].rows == [("eval", "scene/scale", "too large")]


def drift_info(feature: str, value: float, *, reason: str = "") -> anomalies_pb2.Anomalies:
    anomalies = anomalies_pb2.Anomalies()
    info = anomalies.drift_skew_info.add(path={"step": [feature]})
    info.drift_measurements.add(value=value, threshold=0.1)
    if reason:
        wrong = anomalies.anomaly_info[feature]
        wrong.path.step.append(feature)
        wrong.reason.add(description=reason)
    return anomalies


NAMES = {"image/object/class/label": "digit"}


def test_drift_is_said_drawn_and_listed() -> None:
    fine = {split: drift_info("scene/scale", 0.01) for split in ("train", "eval")}
    bad = fine | {"eval": drift_info("image/object/class/label", 0.4, reason="too far")}
    calm, alarmed = drift(fine, NAMES, version=7), drift(bad, NAMES, version=7)
    assert (
        parts(calm, Words)[0].text == "The data is like that of version 7: no feature has drifted."
    )
    assert parts(calm, Table) == []
    assert "scale of train: 0.010, with a threshold of 0.1" in parts(calm, Figure)[0].caption
    assert parts(alarmed, Words)[0].text == "The data has drifted from that of version 7 in digit."
    assert parts(alarmed, Words)[0].tone == "bad"
    assert parts(alarmed, Table)[0].rows == [("eval", "digit", "divergence 0.400, above 0.1")]
    assert "digit of eval: 0.400" in parts(alarmed, Figure)[0].caption


@pytest.mark.parametrize(("version", "sentence"), [(0, "no champion"), (7, "carries no")])
def test_nothing_to_compare_the_data_with_is_said(version: int, sentence: str) -> None:
    section = drift({}, {}, version=version)
    assert sentence in parts(section, Words)[0].text
    assert len(section.parts) == 1


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        *(("localization", kind) for kind in ("backbone", "edge", "lab")),
        ("sequence", "columns"),  # which has a layer of two outputs
    ],
)
def test_blocks_have_all_the_parameters_and_read_only_what_is_above(
    task: str, kind: str, tmp_path: Path
) -> None:
    model = build(task, kind, height=75, width=75)
    path = tmp_path / NETWORK
    path.parent.mkdir(parents=True)
    model.save(path)
    blocks = read_blocks(str(path), task)
    assert sum(block.parameters for block in blocks) == model.count_params()
    assert blocks[0].shape == "75x75x1"
    assert (model.layers[2].name in [block.title for block in blocks]) == (kind == "backbone")
    assert all(block.sources for block in blocks[1:])
    assert all(source < row for row, block in enumerate(blocks) for source in block.sources)
    (figure,) = parts(network(str(tmp_path), task), Figure)
    assert f"{model.count_params():,} parameters" in figure.caption


def test_export_without_a_keras_network_is_said(tmp_path: Path) -> None:
    assert "no Keras network" in parts(network(str(tmp_path), "localization"), Words)[0].text


def labels(**counts: float) -> statistics_pb2.DatasetFeatureStatistics:
    statistics = statistics_pb2.DatasetFeatureStatistics()
    feature = statistics.features.add(path={"step": ["image/object/class/label"]})
    for label, count in counts.items():
        feature.string_stats.rank_histogram.buckets.add(label=label[1:], sample_count=count)
    return statistics


def test_shares_of_labels_are_drawn_in_their_order() -> None:
    balanced, not_ = (
        data({"train": labels(_10=5, _9=count), "eval": labels(_9=1, _10=1)}, {}, NAMES)
        for count in (5, 1)
    )
    (figure,) = parts(balanced, Figure)
    assert figure.caption == "Each digit makes up 50.0% to 50.0% of a split: they are balanced."
    assert figure.svg.index(">9<") < figure.svg.index(">10<")
    assert "they are not balanced" in parts(not_, Figure)[0].caption


def test_label_that_a_split_lacks_is_not_balanced() -> None:
    section = data({"train": labels(_1=5, _2=5), "eval": labels(_1=1)}, {}, {})
    assert parts(section, Figure)[0].caption.startswith("Each label makes up 0.0% to 100.0%")


def test_where_lower_is_better_the_highest_slice_is_the_weakest(make_slice: MakeSlice) -> None:
    found = [
        make_slice(edge_error=1.0),
        make_slice(("size", "small"), edge_error=0.5),
        make_slice(("size", "large"), edge_error=3.0),
    ]
    error = replace(METRICS["edge_error"], shown="always")
    assert weakest(found, error, minimum=1) == found[2]
    section = slices(found, {"edge_error": error}, minimum=1)
    assert parts(section, Words)[0].text.startswith("Edge error is highest on size large: 3.0000")
    assert "Edge error is highest for large, 3.0000" in parts(section, Figure)[0].caption


def test_model_card_joins_the_task_the_config_and_the_results(
    make_slice: MakeSlice, configure: Callable[..., Config]
) -> None:
    card = Card(task="Odd or even?", use="For numbers.", limits="It guesses.", truth="By parity.")
    settings = ("model.kind=lab", "evaluation.minimum=10", "source.kind=handwriting")
    config = configure(*settings).model_dump()
    found = [make_slice(), make_slice(("digit", "4"), accuracy=0.5)]
    section = model_card(config, card, found, METRICS, parameters=1234, sizes=config["splits"])
    rows = dict(parts(section, Table)[0].rows)
    assert rows["Model"] == "lab, 1,234 parameters"
    assert rows["Task"] == "Odd or even?"
    assert rows["Use"].startswith("For numbers. ")
    assert rows["Limits"].startswith("It guesses. ")
    assert rows["Data"].endswith(" By parity.")
    assert rows["Results"].startswith(
        "On 10 eval pictures: accuracy 0.9000, mean IoU 0.8000. Accuracy is lowest on digit 4: "
        "0.5000 on 10 pictures."
    )
    _, by_slice, licences = parts(section, Table)
    assert by_slice.rows[0] == ("all pictures", "10", "0.9000", "0.8000")
    assert len(licences.rows) == 2 + len(FONTS)
    assert licences.rows[0][2] == "CC BY 4.0"
