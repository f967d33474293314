"""Checks the job service and the worker pool: without them, Beam waits and says nothing."""

import contextlib
import importlib
import socket
import sys
from collections.abc import Sequence

import apache_beam as beam
import grpc
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.runner import PipelineState

from pipeline.beam.arguments import PLUGIN
from pipeline.config.beam import BeamOptions
from pipeline.run.failure import explain_failure
from vocabulary.errors import UserError

_SERVICE_TIMEOUT_S = 10
TIMEOUT_S = 300
"""A worker loads the libraries before it answers, perhaps from a slow disk."""


def require_job_service(beam: BeamOptions) -> None:
    """Raises UserError if what the config sends jobs to cannot be reached."""
    match beam.runner:
        case "portable":
            service, address = "Beam job service at beam.job_server", beam.job_server
        case "flink" | "spark":
            service, address = f"{beam.runner.title()} cluster at beam.master", beam.master
        case _:
            return
    host, _, port = str(address).rpartition("/")[2].rpartition(":")
    try:
        socket.create_connection((host, int(port)), _SERVICE_TIMEOUT_S).close()
    except (OSError, OverflowError, ValueError) as error:
        raise UserError(
            f"the {service}, {address}, cannot be reached: {error}; start it, or set beam.runner "
            f"to local"
        ) from error


def require_workers(beam_args: Sequence[str], *, timeout_s: float = TIMEOUT_S) -> None:
    """Where workers come from a pool, runs one step; UserError if it does not end in time."""
    options = PipelineOptions(list(beam_args))
    environment = options.view_as(PortableOptions)
    if environment.environment_type != "EXTERNAL":
        return
    pool = f"the pool at beam.worker_pool, {environment.environment_config},"
    pipeline = beam.Pipeline(options=options)
    _ = pipeline | beam.Create([0]) | beam.Map(_load_what_steps_need)
    try:
        result = pipeline.run()
        state = result.wait_until_finish(duration=int(timeout_s * 1000))
    except RuntimeError as error:
        reason = explain_failure(error)
        raise UserError(f"{pool} does not work: {reason}; see its log") from error
    except grpc.RpcError as error:
        details = str(error.details() if isinstance(error, grpc.Call) else error).partition("\n")[0]
        raise UserError(
            f"the job service at beam.job_server, {environment.job_endpoint}, or its artifact "
            f"endpoint cannot be reached: {details}; set the latter with "
            f"--artifact_endpoint=HOST:PORT in beam.arguments"
        ) from error
    if not PipelineState.is_terminal(state):
        with contextlib.suppress(Exception):  # the run ends in any case
            result.cancel()
        raise UserError(
            f"{pool} has started no worker in {timeout_s:g} s; see its log, or set "
            f"beam.environment to loopback"
        )


def _load_what_steps_need(_: int) -> None:
    """Runs in a worker: one that has not imported the plugin may not load TFDV's steps."""
    if PLUGIN not in sys.modules:
        try:
            importlib.import_module("tensorflow_data_validation")
        except ImportError as error:
            raise ImportError(
                f"its workers do not import what --beam_plugins names, without which {error}; "
                f"give the pool Beam's boot, --container_executable=/opt/apache/beam/boot"
            ) from error
