"""DistributionValidator: whether this run's data is like the champion's, split by split.

TFX's own takes the statistics to compare with from a channel, which a Resolver would have to find.
Here they come with the champion: Pusher leaves them beside each version (see components.pusher).
"""

from collections.abc import Collection
from typing import Any, Final

from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2
from tfx import types
from tfx.components.distribution_validator import executor
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import distribution_validator_pb2
from tfx.types import artifact_utils, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter
from tfx.types.standard_component_specs import (
    ANOMALIES_KEY,
    BASELINE_STATISTICS_KEY,
    DISTRIBUTION_VALIDATOR_CONFIG_KEY,
    STATISTICS_KEY,
)
from tfx.utils import io_utils, path_utils

from components.distribution_validator.options import DriftOptions, drift_features
from vocabulary.errors import UserError
from vocabulary.model_files import STATISTICS
from vocabulary.pushed import VERSION
from vocabulary.versions import splits_of

CHAMPION: Final = "champion"
OPTIONS: Final = "options"
TASK: Final = "task"
STATISTICS_FILE: Final = "FeatureStats.pb"
"""Custom property: the champion's version, 0 where nothing serves."""
COMPARED: Final = "compared"
"""Custom property: how many splits were compared; 0 where there was nothing to compare with."""
DRIFTED: Final = "drifted"
"""Custom property: how many features have drifted, in whichever split."""

Artifacts = dict[str, list[types.Artifact]]


class Executor(executor.Executor):
    """Compares with the statistics that the champion carries, if it carries any."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, str]
    ) -> None:
        """Raises UserError if the options ask for it and a feature has drifted."""
        options = DriftOptions.model_validate_json(exec_properties[OPTIONS])
        champion = artifact_utils.get_single_instance(input_dict[CHAMPION])
        baseline = statistics_of(champion)
        held = features_held([*input_dict[STATISTICS_KEY], *baseline])
        config = as_config(options, exec_properties[TASK], held=held)
        super().Do(
            {STATISTICS_KEY: input_dict[STATISTICS_KEY], BASELINE_STATISTICS_KEY: baseline},
            output_dict,
            {DISTRIBUTION_VALIDATOR_CONFIG_KEY: config},
        )
        anomalies = artifact_utils.get_single_instance(output_dict[ANOMALIES_KEY])
        version = champion.get_int_custom_property(VERSION)
        rows = drifted(anomalies) if baseline else []
        pairs = artifact_utils.decode_split_names(anomalies.split_names) if baseline else []
        far = {feature for _, feature, _ in rows}
        for name, value in ((VERSION, version), (COMPARED, len(pairs)), (DRIFTED, len(far))):
            anomalies.set_int_custom_property(name, value)
        if rows and options.stop:
            raise UserError(as_table(rows, version))


def statistics_of(champion: types.Artifact) -> list[types.Artifact]:
    """The statistics that came with a champion, as a list of one; empty where there are none."""
    folder = f"{path_utils.serving_model_path(champion.uri)}/{STATISTICS}"
    splits = splits_of(folder)
    if not splits:
        return []
    statistics = standard_artifacts.ExampleStatistics()
    statistics.uri = folder
    statistics.split_names = artifact_utils.encode_split_names(splits)
    return [statistics]


def features_held(statistics: list[types.Artifact]) -> set[str]:
    """The features that any split of the statistics has values of."""
    held = set()
    for artifact in statistics:
        for split in artifact_utils.decode_split_names(artifact.split_names):
            path = f"{artifact.uri}/Split-{split}/{STATISTICS_FILE}"
            read = statistics_pb2.DatasetFeatureStatisticsList.FromString(
                io_utils.read_bytes_file(path)
            )
            for feature in read.datasets[0].features:
                of_kind = getattr(feature, feature.WhichOneof("stats"))
                if of_kind.common_stats.num_non_missing:
                    held.add(feature.path.step[0] if feature.path.step else feature.name)
    return held


def as_config(
    options: DriftOptions, task: str, *, held: Collection[str]
) -> distribution_validator_pb2.DistributionValidatorConfig:
    """The options as TFX wants them, without features that neither side has.

    A photograph has no facts. What one side alone has cannot be compared, which counts as drift.
    """
    features = drift_features(task)
    config = distribution_validator_pb2.DistributionValidatorConfig()
    for name, threshold in options.thresholds.items():
        if features[name] not in held:
            continue
        feature = config.default_slice_config.feature.add()
        feature.path.step.append(features[name])
        feature.distribution_comparator.jensen_shannon_divergence.threshold = threshold
    return config


def drifted(anomalies: types.Artifact) -> list[tuple[str, str, str]]:
    """(split, feature, what is wrong) for each feature that has drifted, or cannot be compared."""
    rows = []
    for pair in artifact_utils.decode_split_names(anomalies.split_names):
        path = f"{anomalies.uri}/SplitPair-{pair}/{executor.DEFAULT_FILE_NAME}"
        found = anomalies_pb2.Anomalies.FromString(io_utils.read_bytes_file(path))
        measured = {
            _name(info): f"divergence {one.value:.3f}, above {one.threshold:g}"
            for info in found.drift_skew_info
            for one in info.drift_measurements
        }
        rows += [
            (
                pair.partition("_")[0],
                _name(info),
                measured.get(_name(info), info.reason[0].description),
            )
            for _, info in sorted(found.anomaly_info.items())
        ]
    return rows


def _name(info: Any) -> str:
    return ".".join(info.path.step)


def as_table(rows: list[tuple[str, str, str]], version: int) -> str:
    """The rows under a sentence, in columns."""
    split, feature = (max(len(row[column]) for row in rows) for column in (0, 1))
    lines = [f"  {row[0]:<{split}}  {row[1]:<{feature}}  {row[2]}" for row in rows]
    head = (
        f"the data has drifted from version {version}'s in {len(rows)} ways; raise "
        "drift.thresholds, or set drift.stop to false, if that is meant:"
    )
    return "\n".join([head, *lines])


class DistributionValidatorSpec(ComponentSpec):
    """Inputs, outputs and parameters of DistributionValidator."""

    PARAMETERS = {OPTIONS: ExecutionParameter(type=str), TASK: ExecutionParameter(type=str)}
    INPUTS = {
        STATISTICS_KEY: ChannelParameter(type=standard_artifacts.ExampleStatistics),
        CHAMPION: ChannelParameter(type=standard_artifacts.Model),
    }
    OUTPUTS = {ANOMALIES_KEY: ChannelParameter(type=standard_artifacts.ExampleAnomalies)}


class DistributionValidator(base_component.BaseComponent):
    """Compares the statistics of a run with those that came with the champion.

    Outputs:
        anomalies: standard_artifacts.ExampleAnomalies, as TFX's DistributionValidator gives it;
            custom properties say what was compared with (`version`) and how much has `drifted`.
    """

    SPEC_CLASS = DistributionValidatorSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(Executor)

    def __init__(
        self,
        *,
        statistics: types.BaseChannel,
        champion: types.BaseChannel,
        options: DriftOptions,
        task: str,
    ):
        """Takes StatisticsGen's and Champion's outputs, and the task's name."""
        super().__init__(
            DistributionValidatorSpec(
                **{
                    STATISTICS_KEY: statistics,
                    CHAMPION: champion,
                    OPTIONS: options.model_dump_json(),
                    TASK: task,
                    ANOMALIES_KEY: types.Channel(type=standard_artifacts.ExampleAnomalies),
                }
            )
        )
