"""Runs the DAG on this machine with TFX's LocalDagRunner and ML Metadata in SQLite."""

import logging
from collections.abc import Callable

from absl import logging as absl_logging
from tfx.components.infra_validator.error_types import GracefulShutdown
from tfx.dsl.compiler import compiler, constants
from tfx.orchestration import metadata, pipeline
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.portable import runtime_parameter_utils

from pipeline.beam.arguments import beam_pipeline_args
from pipeline.code.digest import stamp_code
from pipeline.config.config import PIPELINE_NAME, Config
from pipeline.dag import create_components
from pipeline.run.local_cache import local_cache
from pipeline.workspace.workspace import Workspace

_STARTED, _FINISHED = "Component %s is running.", "Component %s is finished."


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
    """Runs all components, in this process, one after the other.

    Args:
        config: what to run.
        workspace: where; claimed by the caller.
        run_id: of the run.
        on_start: called with the id of each component that begins.
        on_finish: called with the id of each component that has ended, or comes from the cache.
        on_damage: called with a sentence for each damaged artefact in the cache.

    Raises ComponentFailedError if a component raises.
    """
    place = workspace.resolved
    components = create_components(
        config, serving_dir=str(place.serving), checkpoint_dir=str(place.checkpoints)
    )
    for component in components:
        stamp_code(component, config.task.kind)
    ir = compiler.Compiler().compile(
        pipeline.Pipeline(
            pipeline_name=PIPELINE_NAME,
            pipeline_root=str(place.artifacts),
            components=components,
            metadata_connection_config=metadata.sqlite_metadata_connection_config(
                str(place.metadata)
            ),
            beam_pipeline_args=beam_pipeline_args(config.beam),
            enable_cache=True,
        )
    )
    runtime_parameter_utils.substitute_runtime_parameter(
        ir, {constants.PIPELINE_RUN_ID_PARAMETER_NAME: run_id}
    )
    listener = _Listener(on_start, on_finish)
    # By absl's own function: libraries that silence absl for a while restore what it has set.
    absl_logging.set_verbosity(absl_logging.INFO)
    logger = absl_logging.get_absl_logger()
    logger.addHandler(listener)
    try:
        with local_cache(workspace, on_damage):
            LocalDagRunner().run_with_ir(ir)
    except Exception as error:
        if _was_interrupted(error):
            raise KeyboardInterrupt from error
        raise ComponentFailedError(listener.current) from error
    finally:
        logger.removeHandler(listener)


def _was_interrupted(error: BaseException) -> bool:
    """Whether a signal is the cause: TensorFlow, interrupted while it traces, raises its own error.

    InfraValidator handles SIGTERM itself while it runs, and raises GracefulShutdown.
    """
    links = (error.__cause__, error.__context__)
    return isinstance(error, KeyboardInterrupt | GracefulShutdown) or any(
        map(_was_interrupted, filter(None, links))
    )


class _Listener(logging.Handler):
    """Learns from the runner's log which component starts and ends; there is no other hook."""

    def __init__(self, on_start: Callable[[str], None], on_finish: Callable[[str], None]):
        super().__init__(logging.INFO)
        self._on = {_STARTED: on_start, _FINISHED: on_finish}
        self.current = "the pipeline"

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg in self._on and isinstance(record.args, tuple):
            self.current = str(record.args[0])
            try:
                self._on[record.msg](self.current)
            except Exception:  # raised by the runner's log call, it would fail the component
                logging.exception("the progress of %s could not be shown", self.current)
