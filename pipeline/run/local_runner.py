"""Runs the DAG on this machine with TFX's launcher and ML Metadata in SQLite."""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

from absl import logging as absl_logging
from ml_metadata.proto import metadata_store_pb2
from tfx.dsl.compiler import compiler, constants
from tfx.orchestration import metadata, pipeline
from tfx.orchestration.local import runner_utils
from tfx.orchestration.portable import launcher, runtime_parameter_utils
from tfx.proto.orchestration import pipeline_pb2

from components.infra_validator.component import InfraValidator
from pipeline.beam.arguments import beam_pipeline_args
from pipeline.code.digest import stamp_code
from pipeline.config.config import PIPELINE_NAME, Config
from pipeline.dag import create_components
from pipeline.run.local_cache import local_cache
from pipeline.workspace.workspace import Workspace

_BESIDE: Final = (InfraValidator.__name__,)
"""Components that run beside those after them: this one waits for a process of its own."""
_TAKING_TURNS: Final = threading.RLock()


class ComponentFailedError(Exception):
    """A component raised; `__cause__` is what."""

    def __init__(self, node_id: str):
        super().__init__(f"{node_id} failed")
        self.node_id = node_id


def run_locally(
    config: Config,
    workspace: Workspace,
    run_id: str,
    *,
    on_start: Callable[[str], None],
    on_finish: Callable[[str], None],
    on_damage: Callable[[str], None],
) -> None:
    """Runs all components in this process: one after the other, but for those of `_BESIDE`.

    Args:
        config: what to run.
        workspace: where; claimed by the caller.
        run_id: of the run.
        on_start: called with the id of each component that begins.
        on_finish: called with the id of each component that has ended, or comes from the cache.
        on_damage: called with a sentence for each damaged artefact in the cache.

    No two of these are called at the same time. Raises ComponentFailedError if a component raises.
    """
    ir, connection = compile_locally(config, workspace, run_id)

    # By absl's own function: libraries that silence absl for a while restore what it has set.
    absl_logging.set_verbosity(absl_logging.INFO)

    def run_one(node: pipeline_pb2.PipelineNode) -> None:
        node_id = node.node_info.id
        _tell(on_start, node_id)
        try:
            make_launcher(launcher.Launcher, node, ir, connection).launch()
        except Exception as error:
            if _was_interrupted(error):
                raise KeyboardInterrupt from error
            raise ComponentFailedError(node_id) from error
        _tell(on_finish, node_id)

    with local_cache(workspace, on_damage):
        _run_all([node.pipeline_node for node in ir.nodes], run_one)


def compile_locally(
    config: Config, workspace: Workspace, run_id: str
) -> tuple[pipeline_pb2.Pipeline, metadata_store_pb2.ConnectionConfig]:
    """The DAG as TFX's launcher takes it, for a run in a workspace; also how to reach its database.

    The digest of its code goes into each component's cache key.
    """
    place = workspace.resolved
    components = create_components(
        config, serving_dir=str(place.serving), checkpoint_dir=str(place.checkpoints)
    )
    for component in components:
        stamp_code(component, config.task.kind)
    connection = metadata.sqlite_metadata_connection_config(str(place.metadata))
    ir = compiler.Compiler().compile(
        pipeline.Pipeline(
            pipeline_name=PIPELINE_NAME,
            pipeline_root=str(place.artifacts),
            components=components,
            metadata_connection_config=connection,
            beam_pipeline_args=beam_pipeline_args(config.beam_on(len(os.sched_getaffinity(0)))),
            enable_cache=True,
        )
    )
    runtime_parameter_utils.substitute_runtime_parameter(
        ir, {constants.PIPELINE_RUN_ID_PARAMETER_NAME: run_id}
    )
    return ir, connection


def _run_all(
    nodes: list[pipeline_pb2.PipelineNode], run_one: Callable[[pipeline_pb2.PipelineNode], None]
) -> None:
    """Runs nodes in their order; one that runs beside others has ended before those that need it.

    If one fails, those that are under way end before the error is raised.
    """
    beside: dict[str, Future[None]] = {}
    with ThreadPoolExecutor() as threads:
        for node in nodes:
            for upstream in beside.keys() & {*node.upstream_nodes}:
                beside.pop(upstream).result()
            if node.node_info.id in _BESIDE:
                beside[node.node_info.id] = threads.submit(run_one, node)
            else:
                run_one(node)
        for future in beside.values():
            future.result()


_Launcher = TypeVar("_Launcher", bound=launcher.Launcher)


def make_launcher(
    kind: type[_Launcher],
    node: pipeline_pb2.PipelineNode,
    ir: pipeline_pb2.Pipeline,
    connection: metadata_store_pb2.ConnectionConfig,
) -> _Launcher:
    """What runs a node's driver, executor and publisher, made as TFX's LocalDagRunner makes it."""
    deployment = runner_utils.extract_local_deployment_config(ir)
    return kind(
        pipeline_node=node,
        mlmd_connection=_Metadata(connection),
        pipeline_info=ir.pipeline_info,
        pipeline_runtime_spec=ir.runtime_spec,
        executor_spec=runner_utils.extract_executor_spec(deployment, node.node_info.id),
        custom_driver_spec=runner_utils.extract_custom_driver_spec(deployment, node.node_info.id),
    )


class _Metadata(metadata.Metadata):
    """A connection that is open in one thread at a time: SQLite has no place for two writers."""

    def __enter__(self) -> metadata.Metadata:
        _TAKING_TURNS.acquire()
        try:
            return super().__enter__()
        except BaseException:
            _TAKING_TURNS.release()
            raise

    def __exit__(self, *error: Any) -> None:
        try:
            super().__exit__(*error)
        finally:
            _TAKING_TURNS.release()


def _tell(listener: Callable[[str], None], node_id: str) -> None:
    with _TAKING_TURNS:
        try:
            listener(node_id)
        except Exception:  # what is shown and recorded is no reason for a component to fail
            logging.exception("the progress of %s could not be shown", node_id)


def _was_interrupted(error: BaseException) -> bool:
    """Whether a signal is the cause: TensorFlow, interrupted while it traces, raises its own."""
    links = (error.__cause__, error.__context__)
    return isinstance(error, KeyboardInterrupt) or any(map(_was_interrupted, filter(None, links)))
