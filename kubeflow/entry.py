"""What every container of a compiled pipeline runs: completes what TFX's own entry lacks.

    python -m kubeflow.entry --executor_class_path ... (as compiled)

TFX's entry reads an ExecutorInput, runs an executor and writes an ExecutorOutput. Before that,
runtime parameters are put into the properties that hold them, inputs get the artifact types that
the open-source back end leaves out, and outputs that it adds (`executor-logs`) are taken away: they
are its launcher's, not the component's. With `--launcher_paths` addresses become the local paths
that this launcher copies them to and from: neither TFX nor Beam knows `minio://`.
"""

import argparse
import json
import logging
import sys
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb
from tfx.dsl.components.base.base_beam_executor import BaseBeamExecutor
from tfx.dsl.io import fileio
from tfx.orchestration.kubeflow.v2.container import kubeflow_v2_run_executor
from tfx.utils import import_utils

from kubeflow.launcher_paths import address, local_path
from kubeflow.parameters import Binding, read_bindings, set_parameters
from kubeflow.spec_file import FAILURE
from pipeline.beam.services import require_workers
from pipeline.beam.worker_processes import prepare_worker_processes
from pipeline.run.failure import explain_failure
from trainer.accelerators import require_accelerators
from vocabulary.errors import UserError
from vocabulary.parent import end_with_parent


def main(argv: Sequence[str]) -> None:
    """Runs the executor that the arguments name; the rest of them go to Beam.

    Raises UserError if Beam's workers do not start, or an accelerator is not there.
    """
    parser = argparse.ArgumentParser(prog="python -m kubeflow.entry", allow_abbrev=False)
    parser.add_argument("--executor_class_path", required=True)
    parser.add_argument("--json_serialized_invocation_args", required=True)
    parser.add_argument("--json_serialized_inputs_spec_args", default="{}")
    parser.add_argument("--bindings", type=read_bindings, default=[])
    parser.add_argument("--outputs", type=json.loads, required=True)
    parser.add_argument("--accelerator", type=json.loads)
    parser.add_argument("--launcher_paths", action="store_true")
    known, beam_args = parser.parse_known_args(argv)
    if known.accelerator:
        require_accelerators(*known.accelerator)
    inputs_spec = json_format.Parse(
        known.json_serialized_inputs_spec_args, pb.ComponentInputsSpec()
    )
    task = json_format.Parse(
        known.json_serialized_invocation_args, pb.ExecutorInput(), ignore_unknown_fields=True
    )
    complete(
        task,
        inputs_spec,
        known.bindings,
        outputs=known.outputs,
        launcher_paths=known.launcher_paths,
    )
    known.json_serialized_invocation_args = json_format.MessageToJson(task)
    prepare_worker_processes()
    if issubclass(import_utils.import_class_by_path(known.executor_class_path), BaseBeamExecutor):
        require_workers(beam_args)
    kubeflow_v2_run_executor.main((known, beam_args))
    if known.launcher_paths:
        _restore_addresses(task.outputs.output_file)


def complete(
    task: pb.ExecutorInput,
    inputs_spec: pb.ComponentInputsSpec,
    bindings: Iterable[Binding],
    *,
    outputs: Collection[str],
    launcher_paths: bool,
) -> None:
    """Makes an ExecutorInput into one that TFX's entry takes, in place.

    `outputs` are the keys of the component's own outputs.
    """
    set_parameters(task.inputs, bindings)
    for key in set(task.outputs.artifacts) - set(outputs):
        del task.outputs.artifacts[key]
    for key, listed in task.inputs.artifacts.items():
        for artifact in listed.artifacts:
            artifact.type.CopyFrom(inputs_spec.artifacts[key].artifact_type)
    if launcher_paths:
        for artifact in _artifacts(task.inputs, task.outputs):
            artifact.uri = local_path(artifact.uri)
    for artifact in _artifacts(task.outputs):
        if fileio.exists(artifact.uri):  # of a try that was ended half-way
            fileio.rmtree(artifact.uri)
        fileio.makedirs(artifact.uri)


def _artifacts(*sides: Any) -> list[pb.RuntimeArtifact]:
    lists = [listed for side in sides for listed in side.artifacts.values()]
    return [artifact for listed in lists for artifact in listed.artifacts]


def _restore_addresses(output_file: str) -> None:
    with fileio.open(output_file, "r") as file:
        output = json_format.Parse(file.read(), pb.ExecutorOutput())
    for artifact in _artifacts(output):
        artifact.uri = address(artifact.uri)
        for key, value in artifact.metadata.items():
            if isinstance(value, str):  # a blessing notes the models that it is about
                artifact.metadata[key] = address(value)
    with fileio.open(output_file, "w") as file:
        file.write(json_format.MessageToJson(output))


if __name__ == "__main__":
    end_with_parent()
    logging.basicConfig()
    # Such as that a training goes on from a checkpoint.
    logging.getLogger().setLevel(logging.INFO)
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(f"{FAILURE}{error}")
    except Exception as error:
        logging.exception("the step failed")
        sys.exit(f"{FAILURE}{explain_failure(error)}")
