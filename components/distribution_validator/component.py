"""DistributionValidator: whether this run's data is like the champion's, split by split.

TFX's own takes the statistics to compare with from a channel, which a Resolver would have to find.
Here they come with the champion: Pusher leaves them beside each version (see components.pusher).
"""

from collections.abc import Collection
from typing import Final

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
from tfx.utils import path_utils

from components.distribution_validator.options import DriftOptions, drift_features
from vocabulary.errors import UserError
from vocabulary.model_files import STATISTICS
from vocabulary.pushed import VERSION
from vocabulary.split_statistics import (
    as_columns,
    drift_rows,
    feature_of,
    read_drift,
    read_statistics,
)
from vocabulary.versions import splits_of

CHAMPION: Final = "champion"
OPTIONS: Final = "options"
TASK: Final = "task"
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
        pairs = artifact_utils.decode_split_names(anomalies.split_names) if baseline else []
        rows = [*drift_rows(read_drift(anomalies.uri, pairs))]
        far = {feature for _, feature, _ in rows}
        for name, value in ((VERSION, version), (COMPARED, len(pairs)), (DRIFTED, len(far))):
            anomalies.set_int_custom_property(name, value)
        if rows and options.stop:
            raise UserError(
                f"the data has drifted from version {version}'s in {len(rows)} ways; raise "
                f"drift.thresholds, or set drift.stop to false, if that is meant:\n"
                f"{as_columns(rows)}"
            )


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
    return {
        feature_of(feature)
        for artifact in statistics
        for split in artifact_utils.decode_split_names(artifact.split_names)
        for feature in read_statistics(f"{artifact.uri}/Split-{split}").features
        if getattr(feature, feature.WhichOneof("stats")).common_stats.num_non_missing
    }


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
