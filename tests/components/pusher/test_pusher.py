"""Pusher: a version carries the statistics of its data, and one that is not pushed does not."""

from pathlib import Path

import pytest
from tfx.proto import pusher_pb2
from tfx.types import artifact_utils, channel_utils, standard_artifacts

from components.pusher.component import Pusher
from vocabulary.versions import STATISTICS, splits_of, versions


@pytest.mark.parametrize("blessed", [True, False])
def test_a_pushed_version_carries_its_statistics(blessed: bool, tmp_path: Path) -> None:
    model, blessing, statistics, pushed = (
        standard_artifacts.Model(),
        standard_artifacts.ModelBlessing(),
        standard_artifacts.ExampleStatistics(),
        standard_artifacts.PushedModel(),
    )
    for artifact in (model, blessing, statistics, pushed):
        artifact.uri = str(tmp_path / artifact.type_name)
    (tmp_path / "Model/Format-Serving").mkdir(parents=True)
    (tmp_path / "Model/Format-Serving/saved_model.pb").write_text("graph")
    (tmp_path / "ExampleStatistics/Split-train").mkdir(parents=True)
    (tmp_path / "ExampleStatistics/Split-train/FeatureStats.pb").write_text("counted")
    statistics.split_names = artifact_utils.encode_split_names(["train"])
    blessing.set_int_custom_property("blessed", int(blessed))
    inputs = {"model": [model], "model_blessing": [blessing], "statistics": [statistics]}
    destination = pusher_pb2.PushDestination()
    destination.filesystem.base_directory = str(tmp_path / "serving")
    component = Pusher(
        push_destination=destination,
        **{key: channel_utils.as_channel(found) for key, found in inputs.items()},
    )
    component.executor_spec.executor_class().Do(
        inputs, {"pushed_model": [pushed]}, dict(component.exec_properties)
    )
    found = versions(str(tmp_path / "serving"))
    assert len(found) == blessed
    for version in found:
        folder = tmp_path / "serving" / str(version) / STATISTICS
        assert splits_of(str(folder)) == ["train"]
        assert (folder / "Split-train/FeatureStats.pb").read_text() == "counted"
