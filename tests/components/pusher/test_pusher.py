"""Pusher: what is pushed, what is not, and what the cache is told of."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
import tensorflow as tf
from tfx.orchestration.portable import data_types
from tfx.proto import pusher_pb2
from tfx.types import artifact_utils, channel_utils, standard_artifacts

from components.pusher.component import PUSH, Pusher
from tests.vocabulary.tiny_model import cut, read_weight, save_stateless, save_tiny
from vocabulary.errors import UserError
from vocabulary.model_files import EXTRA, FIGURES, STATISTICS
from vocabulary.pushed import ALREADY_SERVES_AS
from vocabulary.versions import splits_of, versions


class Pushing(NamedTuple):
    """A candidate (its weight is 1), its blessings, and where it is pushed to."""

    inputs: dict[str, list[object]]
    serving: Path

    @property
    def component(self) -> Pusher:
        destination = pusher_pb2.PushDestination()
        destination.filesystem.base_directory = str(self.serving)
        channels = {
            key: channel_utils.as_channel(artifacts) for key, artifacts in self.inputs.items()
        }
        return Pusher(push_destination=destination, **channels)

    def run(self, *, artefact: Path | None = None) -> standard_artifacts.PushedModel:
        component = self.component
        pushed = standard_artifacts.PushedModel()
        pushed.uri = str(artefact or self.serving.parent / "pushed")
        component.executor_spec.executor_class().Do(
            self.inputs, {"pushed_model": [pushed]}, dict(component.exec_properties)
        )
        return pushed

    def cache_key(self) -> dict[str, int | str]:
        """What the driver adds to it."""
        component = self.component
        info = data_types.ExecutionInfo(
            input_dict=self.inputs, exec_properties=dict(component.exec_properties)
        )
        properties = component.driver_class(None).run(info).exec_properties
        return {name: getattr(v, v.WhichOneof("value")) for name, v in properties.items()}


def prepare(tmp_path: Path, *, blessed: bool = True, servable: bool = True) -> Pushing:
    """As the DAG gives it: the model comes with InfraValidator's blessing, if that is given."""
    blessing, infra, statistics = (
        standard_artifacts.ModelBlessing(),
        standard_artifacts.InfraBlessing(),
        standard_artifacts.ExampleStatistics(),
    )
    for artifact in (blessing, infra, statistics):
        artifact.uri = str(tmp_path / artifact.type_name)
    blessing.set_int_custom_property("blessed", int(blessed))
    infra.set_int_custom_property("blessed", int(servable))
    infra.set_int_custom_property("has_model", 1)
    save_tiny(tmp_path / "InfraBlessing/stamped_model")
    (tmp_path / "ExampleStatistics/Split-train").mkdir(parents=True)
    (tmp_path / "ExampleStatistics/Split-train/FeatureStats.pb").write_text("counted")
    statistics.split_names = artifact_utils.encode_split_names(["train"])
    inputs = {"model_blessing": [blessing], "infra_blessing": [infra], "statistics": [statistics]}
    return Pushing(inputs, tmp_path / "serving")


def noted(pushed: standard_artifacts.PushedModel) -> tuple[int, str, int]:
    return (
        pushed.get_int_custom_property("pushed"),
        pushed.get_string_custom_property("pushed_version"),
        pushed.get_int_custom_property(ALREADY_SERVES_AS),
    )


def test_a_pushed_version_carries_its_statistics(tmp_path: Path) -> None:
    pushing = prepare(tmp_path)
    pushed = pushing.run()
    (version,) = versions(str(pushing.serving))
    assert noted(pushed) == (1, str(version), 0)
    assert pushed.get_string_custom_property("pushed_destination") == f"{pushing.serving}/{version}"
    folder = pushing.serving / str(version)
    assert splits_of(str(folder / STATISTICS)) == ["train"]
    assert (folder / STATISTICS / "Split-train/FeatureStats.pb").read_text() == "counted"
    assert read_weight(folder) == read_weight(Path(pushed.uri)) == 1


def test_a_pushed_version_carries_what_it_reached_where_the_blessing_says_so(
    tmp_path: Path,
) -> None:
    pushing = prepare(tmp_path)
    (tmp_path / "ModelBlessing").mkdir()
    (tmp_path / "ModelBlessing" / FIGURES).write_text('{"accuracy": 0.9}')
    pushing.run()
    (version,) = versions(str(pushing.serving))
    folder = pushing.serving / str(version)
    assert (folder / EXTRA / FIGURES).read_text() == '{"accuracy": 0.9}'


@pytest.mark.parametrize(("blessed", "servable"), [(False, True), (True, False), (False, False)])
def test_what_one_gate_refused_is_not_pushed(
    tmp_path: Path, *, blessed: bool, servable: bool
) -> None:
    pushing = prepare(tmp_path, blessed=blessed, servable=servable)
    assert noted(pushing.run()) == (0, "", 0)
    assert not pushing.serving.exists()


def test_a_blessing_without_a_word_on_it_is_none(tmp_path: Path) -> None:
    for key in ("model_blessing", "infra_blessing"):
        pushing = prepare(tmp_path / key)
        silent = type(pushing.inputs[key][0])()
        silent.uri = pushing.inputs[key][0].uri
        pushing.inputs[key][0] = silent
        assert noted(pushing.run()) == (0, "", 0)
        assert not pushing.serving.exists()


def test_the_model_that_serves_already_is_not_pushed_again(tmp_path: Path) -> None:
    pushing = prepare(tmp_path)
    (version,) = pushing.run() and versions(str(pushing.serving))
    assert noted(pushing.run()) == (0, "", version)
    assert versions(str(pushing.serving)) == [version]


def test_what_fails_before_the_version_is_there_has_changed_nothing(tmp_path: Path) -> None:
    pushing = prepare(tmp_path)
    (tmp_path / "file").write_text("no folder, so none can be made in it")
    with pytest.raises((OSError, UserError, tf.errors.OpError)):
        pushing.run(artefact=tmp_path / "file/pushed")
    assert not pushing.serving.exists()


def test_the_model_of_an_older_version_is_pushed_anew(tmp_path: Path) -> None:
    pushing = prepare(tmp_path)
    shutil.copytree(tmp_path / "InfraBlessing/stamped_model", pushing.serving / "5")
    save_tiny(pushing.serving / "6", 6)
    pushed, version, already = noted(pushing.run())
    assert (pushed, already) == (1, 0)
    assert versions(str(pushing.serving)) == [5, 6, int(version)]


def test_a_model_that_others_put_there_is_no_trouble(tmp_path: Path) -> None:
    pushing = prepare(tmp_path)
    save_stateless(pushing.serving / "6")
    pushed, version, _ = noted(pushing.run())
    assert (pushed, versions(str(pushing.serving))) == (1, [6, int(version)])


def test_a_damaged_version_serves_no_longer_so_its_model_is_pushed(tmp_path: Path) -> None:
    pushing = prepare(tmp_path)
    first = int(noted(pushing.run())[1])
    cut(pushing.serving / str(first) / "saved_model.pb")
    pushed, version, already = noted(pushing.run())
    assert (pushed, already) == (1, 0)
    assert int(version) > first


def test_the_cache_answers_that_nothing_is_to_be_pushed_but_never_for_a_push(
    tmp_path: Path,
) -> None:
    pushing = prepare(tmp_path)
    first, second = pushing.cache_key(), pushing.cache_key()
    assert first[PUSH] != second[PUSH]
    version = int(noted(pushing.run())[1])
    serves = pushing.cache_key()
    assert serves == pushing.cache_key() == {PUSH: "", ALREADY_SERVES_AS: version}
    shutil.rmtree(pushing.serving / str(version))
    assert pushing.cache_key()[PUSH] not in ("", first[PUSH])
    refused = prepare(tmp_path / "refused", servable=False)
    assert refused.cache_key() == refused.cache_key() == {PUSH: "", ALREADY_SERVES_AS: 0}
