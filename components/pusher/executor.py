"""The executor of Pusher: pushes what is blessed, can be served and does not serve already."""

from typing import Any

from tfx import types
from tfx.components.pusher import executor
from tfx.proto import pusher_pb2
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import io_utils, proto_utils

from components.pusher.push import next_version, push
from vocabulary.pushed import ALREADY_SERVES_AS
from vocabulary.versions import model_digest, whole_versions

Artifacts = dict[str, list[types.Artifact]]


class Executor(executor.Executor):
    """TFX's in what may be pushed; see `components.pusher.push` for how."""

    def Do(  # noqa: N802
        self, input_dict: Artifacts, output_dict: Artifacts, exec_properties: dict[str, Any]
    ) -> None:
        """Fills the artefact first: what fails before the version is there has changed nothing."""
        self._log_startup(input_dict, output_dict, exec_properties)
        pushed = artifact_utils.get_single_instance(
            output_dict[standard_component_specs.PUSHED_MODEL_KEY]
        )
        destination = destination_of(exec_properties)
        already = self.already_serves_as(input_dict, destination)
        if already is None or already:
            self._MarkNotPushed(pushed)
            if already:
                pushed.set_int_custom_property(ALREADY_SERVES_AS, already)
            return
        model = self.GetModelPath(input_dict)
        statistics = artifact_utils.get_single_uri(
            input_dict[standard_component_specs.STATISTICS_KEY]
        )
        io_utils.copy_dir(model, pushed.uri)
        version = next_version(destination)
        folder = push(model, statistics, destination=destination, version=version)
        self._MarkPushed(pushed, pushed_destination=folder, pushed_version=str(version))

    def already_serves_as(self, input_dict: Artifacts, destination: str) -> int | None:
        """The version that serves, if it is this very model, else 0; none if it may not serve."""
        if not self.CheckBlessing(input_dict):
            return None
        serves = next(whole_versions(destination), 0)
        if not serves:
            return 0
        model = model_digest(self.GetModelPath(input_dict))
        return serves if model == model_digest(f"{destination}/{serves}") else 0


def destination_of(exec_properties: dict[str, Any]) -> str:
    """The folder of versions, local or remote."""
    destination = pusher_pb2.PushDestination()
    proto_utils.json_to_proto(
        exec_properties[standard_component_specs.PUSH_DESTINATION_KEY], destination
    )
    return str(destination.filesystem.base_directory)
