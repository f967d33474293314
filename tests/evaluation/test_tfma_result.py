"""What is written is a complete result of TFMA's: its own functions open and draw all of it."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto import config_pb2
from tensorflow_model_analysis.view import util
from tensorflow_model_analysis.view.view_types import EvalResult

from evaluation.options import EvaluationOptions
from tests.evaluation.parrot import Rows, evaluate_parrots, random_rows
from vocabulary.task.judging import metrics_of

OPTIONS = EvaluationOptions(
    bars={"accuracy": 0.0}, margin=0.0, slices=["digit", "size", "digit x size"]
)
MODELS = {"candidate": random_rows(0, 120), "baseline": random_rows(0, 120)}
MODELS["baseline"][:, 5] = MODELS["baseline"][::-1, 5]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of two models."""
    made = tmp_path_factory.mktemp("two")
    return evaluate_parrots(made, MODELS, OPTIONS, baseline="baseline")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of one model."""
    made = tmp_path_factory.mktemp("one")
    return evaluate_parrots(made, {"candidate": MODELS["candidate"]}, OPTIONS)


def test_each_model_has_its_own_name_place_and_metrics(folder: str) -> None:
    for name, rows in MODELS.items():
        result = tfma.load_eval_result(folder, model_name=name)
        assert Path(result.model_location).name == name
        assert result.data_location == str(Path(folder).parent)
        whole = result.get_metrics_for_slice()
        assert set(metrics_of("localization")) <= set(whole)
        assert "coco_map" in whole
        right = np.mean(rows[:, 0] == rows[:, 5])
        assert whole["accuracy"]["boundedValue"]["value"] == pytest.approx(right)
    assert len(tfma.load_eval_results(folder).get_results()) == 2


def test_an_only_model_has_a_name_too_so_that_runs_can_be_loaded_together(
    folder: str, alone: str
) -> None:
    results = tfma.load_eval_results([alone, folder], model_name="candidate").get_results()
    first, second = (result.get_metrics_for_slice()["accuracy"] for result in results)
    assert first == second
    series = util.get_time_series(
        tfma.load_eval_results([alone, folder], model_name="candidate"),
        tfma.slicer.SingleSliceSpec(),
        display_full_path=False,
    )
    assert [one["config"]["modelIdentifier"] for one in series] == ["candidate"] * 2


def test_slices_are_named_as_people_name_them(folder: str) -> None:
    result = tfma.load_eval_result(folder, model_name="candidate")
    names = {str(key) for key in result.get_slice_names()}
    assert {"()", "(('digit', '3'),)", "(('size', 'small'),)"} <= names
    shown = util.get_slicing_metrics(result.slicing_metrics, slicing_column="size")
    assert {one["slice"] for one in shown} <= {f"size:{s}" for s in ("small", "medium", "large")}


@pytest.mark.filterwarnings("ignore:label\\(\\) is deprecated")  # of protobuf, by TFMA
def test_metrics_become_data_frames(folder: str) -> None:
    frames = tfma.dataframe.metrics_as_dataframes(tfma.load_metrics(folder))
    table = frames.double_value
    assert {"candidate", "baseline"} <= set(table.metric_keys.model_name)
    assert set(metrics_of("localization")) <= set(table.metric_keys.name)


def test_the_plots_are_drawn_on_every_slice_of_each_model(folder: str) -> None:
    for name, rows in MODELS.items():
        result = tfma.load_eval_result(folder, model_name=name)
        assert confusion(result, config_pb2.SlicingSpec()) == counted(rows)
        spec = config_pb2.SlicingSpec(feature_values={"digit": "3"})
        assert confusion(result, spec) == counted(rows[rows[:, 0] == 3])
        assert tfma.view.render_plot(result, slicing_spec=spec) is not None


def test_the_calibration_plot_has_the_confidence_of_each_picture(folder: str) -> None:
    rows = MODELS["candidate"]
    result = tfma.load_eval_result(folder, model_name="candidate")
    data, _ = util.get_plot_data_and_config(result.plots, tfma.slicer.SingleSliceSpec())
    buckets = data["calibrationHistogramBuckets"]["buckets"]
    assert sum(one.get("numWeightedExamples", 0.0) for one in buckets) == len(rows)
    right = rows[:, 0] == rows[:, 5]
    assert sum(one.get("totalWeightedLabel", 0.0) for one in buckets) == right.sum()
    shown = sum(one.get("totalWeightedRefinedPrediction", 0.0) for one in buckets)
    assert shown == pytest.approx(rows[:, 10].sum(), rel=1e-5)


def test_an_evaluation_that_nobody_judged_is_not_valid(folder: str) -> None:
    result = tfma.load_validation_result(folder)
    assert not result.validation_ok
    assert result.missing_thresholds


def confusion(result: EvalResult, spec: config_pb2.SlicingSpec) -> dict[tuple[int, int], int]:
    """How often each digit is taken for each, as TFMA's widget is told."""
    data, _ = util.get_plot_data_and_config(result.plots, tfma.slicer.SingleSliceSpec(spec=spec))
    (matrix,) = data["multiClassConfusionMatrixAtThresholds"]["matrices"]
    return {
        (one.get("actualClassId", 0), one.get("predictedClassId", 0)): one["numWeightedExamples"]
        for one in matrix["entries"]
    }


def counted(rows: Rows) -> dict[tuple[int, int], int]:
    pairs, counts = np.unique(rows[:, [0, 5]].astype(int), axis=0, return_counts=True)
    return dict(zip(map(tuple, pairs.tolist()), counts.tolist(), strict=True))
