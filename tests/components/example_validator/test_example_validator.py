"""ExampleValidator on real statistics: good data passes, bad data stops the run."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tensorflow as tf
import tfx.v1  # noqa: F401 (before TFDV, whose own imports need it)
from apache_beam.options.pipeline_options import PipelineOptions

import tensorflow_data_validation as tfdv  # isort: skip
from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2
from tfx.types import artifact_utils, channel_utils, standard_artifacts

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.synthesis import Recipe, draw_examples
from components.digit_schema_gen.component import FILE, read_schema
from components.example_validator.component import ExampleValidator
from vocabulary import features
from vocabulary.errors import UserError
from vocabulary.facts import FACTS
from vocabulary.split_statistics import feature_of, read_anomalies

Change = Callable[[tf.train.Example], None]
Validate = Callable[..., standard_artifacts.ExampleAnomalies]


def statistics_of(examples: list[tf.train.Example], folder: Path) -> bytes:
    """What StatisticsGen would write of the examples."""
    records = folder / "examples.tfrecord"
    with tf.io.TFRecordWriter(str(records)) as writer:
        for example in examples:
            writer.write(example.SerializeToString())
    statistics = tfdv.generate_statistics_from_tfrecord(
        str(records),
        stats_options=tfdv.StatsOptions(schema=read_schema("localization", classes=10)),
        pipeline_options=PipelineOptions(["--runner=FnApiRunner"]),
    )
    return statistics.SerializeToString()


@pytest.fixture(scope="module")
def good(make_data: Callable[..., DataOptions]) -> list[bytes]:
    """Examples as DigitExampleGen draws them."""
    recipe = Recipe(make_data().model_dump_json(), "eval", ("train", "eval"), 30)
    return list(draw_examples(recipe, 0, 30))


@pytest.fixture(scope="module")
def good_statistics(good: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    parsed = [tf.train.Example.FromString(example) for example in good]
    return statistics_of(parsed, tmp_path_factory.mktemp("good"))


@pytest.fixture
def validate(good: list[bytes], good_statistics: bytes, tmp_path: Path) -> Validate:
    """Runs the component's executor; `change` is done to the first example of a split."""

    def run(**changes: Change | None) -> standard_artifacts.ExampleAnomalies:
        schema, statistics, anomalies = (
            standard_artifacts.Schema(),
            standard_artifacts.ExampleStatistics(),
            standard_artifacts.ExampleAnomalies(),
        )
        for artifact in (schema, statistics, anomalies):
            folder = tmp_path / artifact.type_name
            folder.mkdir()
            artifact.uri = str(folder)
        tfdv.write_schema_text(read_schema("localization", classes=10), f"{schema.uri}/{FILE}")
        statistics.split_names = artifact_utils.encode_split_names(list(changes))
        for split, change in changes.items():
            folder = Path(artifact_utils.get_split_uri([statistics], split))
            folder.mkdir()
            serialized = good_statistics
            if change:
                parsed = [tf.train.Example.FromString(example) for example in good]
                change(parsed[0])
                serialized = statistics_of(parsed, tmp_path)
            (folder / "FeatureStats.pb").write_bytes(serialized)
        component = ExampleValidator(
            statistics=channel_utils.as_channel([statistics]),
            schema=channel_utils.as_channel([schema]),
        )
        component.executor_spec.executor_class().Do(
            {"statistics": [statistics], "schema": [schema]},
            {"anomalies": [anomalies]},
            dict(component.exec_properties),
        )
        return anomalies

    return run


def test_good_examples_pass(validate: Validate) -> None:
    artifact = validate(train=None, eval=None)
    for split in ("train", "eval"):
        anomalies = read_anomalies(artifact_utils.get_split_uri([artifact], split))
        assert not anomalies.anomaly_info
        assert not anomalies.HasField("dataset_anomaly_info")


def test_values_are_counted_of_what_has_few(good_statistics: bytes) -> None:
    (statistics,) = statistics_pb2.DatasetFeatureStatisticsList.FromString(good_statistics).datasets
    counted = {
        feature_of(feature)
        for feature in statistics.features
        if feature.string_stats.rank_histogram.buckets
    }
    assert counted == {features.FORMAT, features.LABEL, features.TEXT}


def test_example_without_a_name_stops_the_run(validate: Validate) -> None:
    def forget(example: tf.train.Example) -> None:
        del example.features.feature[features.ID]

    with pytest.raises(UserError, match=features.ID):
        validate(train=forget)


def test_pictures_without_facts_pass(validate: Validate) -> None:
    def forget(example: tf.train.Example) -> None:
        for fact in FACTS:
            example.features.feature.pop(fact.key, None)

    validate(train=forget)


def test_pictures_without_a_digit_pass(validate: Validate) -> None:
    def forget(example: tf.train.Example) -> None:
        for key in (features.LABEL, features.TEXT, *features.BOX):
            del example.features.feature[key]

    validate(train=forget)


def label_10(example: tf.train.Example) -> None:
    example.features.feature[features.LABEL].int64_list.value[0] = 10


def box_beyond_the_picture(example: tf.train.Example) -> None:
    example.features.feature[features.XMAX].float_list.value[0] = 1.5


def box_of_nan(example: tf.train.Example) -> None:
    example.features.feature[features.YMIN].float_list.value[0] = float("nan")


def two_labels(example: tf.train.Example) -> None:
    example.features.feature[features.LABEL].int64_list.value.append(3)


def unknown_feature(example: tf.train.Example) -> None:
    example.features.feature["image/colour"].bytes_list.value.append(b"blue")


def fact_out_of_range(example: tf.train.Example) -> None:
    example.features.feature["scene/slant"].float_list.value[0] = 60.0


def another_format(example: tf.train.Example) -> None:
    example.features.feature[features.FORMAT].bytes_list.value[0] = b"gif"


@pytest.mark.parametrize(
    ("change", "feature", "description"),
    [
        (label_10, features.LABEL, "Unexpectedly large value: 10"),
        (box_beyond_the_picture, features.XMAX, "Unexpectedly high value: 1.5>1"),
        (box_of_nan, features.YMIN, "NaN"),
        (two_labels, features.LABEL, "more values than expected"),
        (unknown_feature, "image/colour", "New column"),
        (another_format, features.FORMAT, "gif"),
        (fact_out_of_range, "scene/slant", "Unexpectedly high value: 60>45"),
    ],
)
def test_a_single_bad_example_stops_the_run(
    validate: Validate, change: Change, feature: str, description: str
) -> None:
    with pytest.raises(UserError) as caught:
        validate(train=None, eval=change)
    head, *rows = str(caught.value).splitlines()
    assert head == f"the examples break the schema in {len(rows)} ways:"
    (row,) = [row for row in rows if row.split()[1] == feature]
    assert row.split()[0] == "eval"
    assert description in row
    assert "train" not in str(caught.value)


def test_what_is_wrong_with_several_splits_is_told_together(validate: Validate) -> None:
    with pytest.raises(UserError) as caught:
        validate(train=label_10, eval=box_beyond_the_picture)
    assert [line.split()[:2] for line in str(caught.value).splitlines()[1:]] == [
        ["train", features.LABEL],
        ["eval", features.XMAX],
    ]


def test_the_anomalies_are_written_all_the_same(validate: Validate, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        validate(eval=label_10)
    written = tmp_path / "ExampleAnomalies" / "Split-eval" / "SchemaDiff.pb"
    anomalies = anomalies_pb2.Anomalies.FromString(written.read_bytes())
    assert list(anomalies.anomaly_info) == [features.LABEL]
