"""DistributionValidator on real statistics: what drifts, and what there is to compare."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import tensorflow as tf
import tfx.v1  # noqa: F401 (before TFDV, whose own imports need it)
from apache_beam.options.pipeline_options import PipelineOptions

import tensorflow_data_validation as tfdv  # isort: skip
from tfx.types import artifact_utils, channel_utils, standard_artifacts

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.synthesis import Recipe, draw_examples
from components.digit_schema_gen.component import read_schema
from components.distribution_validator.component import DistributionValidator
from components.distribution_validator.options import DriftOptions, drift_features
from vocabulary.errors import UserError
from vocabulary.facts import FACTS
from vocabulary.model_files import STATISTICS
from vocabulary.split_statistics import Row, drift_rows, read_drift

SPLITS = ("train", "eval")
Validate = Callable[..., standard_artifacts.ExampleAnomalies]


def statistics_of(
    data: DataOptions, split: str, folder: Path, *, without: Sequence[str] = ()
) -> bytes:
    """What StatisticsGen would write of 200 examples of a split, `without` some features."""
    recipe = Recipe(data.model_dump_json(), split, SPLITS, 200)
    records = folder / split
    with tf.io.TFRecordWriter(str(records)) as writer:
        for serialized in draw_examples(recipe, 0, 200):
            example = tf.train.Example.FromString(serialized)
            for key in without:
                example.features.feature.pop(key, None)
            writer.write(example.SerializeToString())
    return tfdv.generate_statistics_from_tfrecord(
        str(records),
        stats_options=tfdv.StatsOptions(schema=read_schema("localization", classes=10)),
        pipeline_options=PipelineOptions(["--runner=FnApiRunner"]),
    ).SerializeToString()


@pytest.fixture(scope="module")
def known(
    make_data: Callable[..., DataOptions], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """Statistics of the champion's data, of other data like it, of noisier pictures, of photos."""
    folder = tmp_path_factory.mktemp("statistics")
    noise = {"champion": (0.0, 0.05), "other": (0.0, 0.05), "noisy": (0.1, 0.15)}
    without = {"photographs": [fact.key for fact in FACTS], "older": ["scene/slant"]}
    drawn = {
        name: statistics_of(make_data(noise=range_), "eval" if name == "other" else "train", folder)
        for name, range_ in noise.items()
    }
    return drawn | {
        name: statistics_of(make_data(noise=noise["champion"]), "train", folder, without=keys)
        for name, keys in without.items()
    }


@pytest.fixture
def validate(known: dict[str, bytes], tmp_path: Path) -> Validate:
    """Runs the component's executor on data, beside a champion that came with `baseline`."""

    def run(
        data: str, *, baseline: str | None, stop: bool = False, version: int = 7
    ) -> standard_artifacts.ExampleAnomalies:
        statistics, champion, anomalies = (
            standard_artifacts.ExampleStatistics(),
            standard_artifacts.Model(),
            standard_artifacts.ExampleAnomalies(),
        )
        for artifact in (statistics, champion, anomalies):
            artifact.uri = str(tmp_path / artifact.type_name)
        statistics.split_names = artifact_utils.encode_split_names(list(SPLITS))
        write(Path(statistics.uri), known[data])
        champion.set_int_custom_property("version", version)
        if baseline:
            write(Path(champion.uri) / "Format-Serving" / STATISTICS, known[baseline])
        options = DriftOptions(
            thresholds=dict.fromkeys(drift_features("localization"), 0.1), stop=stop
        )
        component = DistributionValidator(
            statistics=channel_utils.as_channel([statistics]),
            champion=channel_utils.as_channel([champion]),
            options=options,
            task="localization",
        )
        component.executor_spec.executor_class().Do(
            {"statistics": [statistics], "champion": [champion]},
            {"anomalies": [anomalies]},
            dict(component.exec_properties),
        )
        return anomalies

    return run


def write(folder: Path, statistics: bytes) -> None:
    for split in SPLITS:
        (folder / f"Split-{split}").mkdir(parents=True)
        (folder / f"Split-{split}/FeatureStats.pb").write_bytes(statistics)


def drifted(anomalies: standard_artifacts.ExampleAnomalies) -> list[Row]:
    pairs = artifact_utils.decode_split_names(anomalies.split_names)
    return [*drift_rows(read_drift(anomalies.uri, pairs))]


def noted(anomalies: standard_artifacts.ExampleAnomalies) -> tuple[int, ...]:
    names = ("version", "compared", "drifted")
    return tuple(anomalies.get_int_custom_property(name) for name in names)


@pytest.mark.parametrize("data", ["champion", "other"])
def test_data_like_the_champion_s_has_not_drifted(data: str, validate: Validate) -> None:
    anomalies = validate(data, baseline="champion", stop=True)
    assert drifted(anomalies) == []
    assert noted(anomalies) == (7, 2, 0)


def test_what_has_drifted_is_named_split_by_split(validate: Validate) -> None:
    anomalies = validate("noisy", baseline="champion")
    assert [row[:2] for row in drifted(anomalies)] == [
        ("train", "scene/noise"), ("eval", "scene/noise"),
    ]  # fmt: skip
    assert noted(anomalies) == (7, 2, 1)


def test_drift_stops_a_run_that_asks_for_it_with_a_sentence_and_a_table(validate: Validate) -> None:
    with pytest.raises(UserError, match="drifted from version 7's in 2 ways; raise drift") as error:
        validate("noisy", baseline="champion", stop=True)
    assert len(str(error.value).splitlines()) == 3
    assert "scene/noise" in str(error.value)


def test_facts_that_neither_side_has_are_not_compared(validate: Validate) -> None:
    anomalies = validate("photographs", baseline="photographs", stop=True)
    assert noted(anomalies) == (7, 2, 0)


@pytest.mark.parametrize(("data", "baseline"), [("champion", "older"), ("older", "champion")])
def test_a_fact_that_one_side_lacks_counts_as_drift(
    data: str, baseline: str, validate: Validate
) -> None:
    anomalies = validate(data, baseline=baseline)
    assert {feature for _, feature, _ in drifted(anomalies)} == {"scene/slant"}


def test_a_threshold_on_what_is_no_feature_is_refused() -> None:
    options = DriftOptions(thresholds={"digt": 0.1}, stop=False)
    with pytest.raises(ValueError, match="names digt, which is no feature; did you mean digit"):
        options.require_features("localization")


@pytest.mark.parametrize("version", [0, 7])
def test_with_nothing_to_compare_with_nothing_has_drifted(version: int, validate: Validate) -> None:
    anomalies = validate("noisy", baseline=None, stop=True, version=version)
    assert noted(anomalies) == (version, 0, 0)
