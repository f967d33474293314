"""`digits run`: one run of the pipeline on this machine, from a config to a summary."""

import contextlib
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

from ml_metadata.errors import StatusError

from pipeline.beam_args import beam_pipeline_args
from pipeline.code_version import code_version
from pipeline.config import Config
from pipeline.config_file import write_config
from pipeline.errors import UserError
from pipeline.failure import explain_failure
from pipeline.history import History
from pipeline.job_service import require_job_service
from pipeline.local_runner import ComponentFailedError, run_locally
from pipeline.made import describe
from pipeline.narrator import Narrator
from pipeline.run_page import write_page
from pipeline.runs import CODE, CONFIG, METRICS
from pipeline.summary import RunSummary
from pipeline.worker_pool import require_workers
from pipeline.worker_processes import prepare_worker_processes
from pipeline.workspace import Workspace
from vocabulary.versions import versions

CONFIG_FILE = "config.yaml"


def run(config: Config, workspace: Workspace, *, log: Path, narrator: Narrator) -> RunSummary:
    """Runs the pipeline in a workspace that the caller has claimed.

    The folder of `log` is the run's own and gets the effective config, too.

    Raises:
        UserError: if a component fails, the workspace's database cannot be used, Beam's job
            service does not answer, or its workers do not start.
    """
    began = time.monotonic()
    prepare_worker_processes()
    require_job_service(config.beam)
    require_workers(beam_pipeline_args(config.beam))
    run_id = log.parent.name
    write_config(config, log.parent / CONFIG_FILE)
    tidy(workspace)
    history = History(workspace)

    def finished(node_id: str) -> None:
        node = history.nodes(run_id)[node_id]
        narrator.end(node, describe(node, config))

    with _using_database(workspace):
        history.begin(run_id, {CONFIG: config.model_dump_json(), CODE: code_version()})
    try:
        run_locally(config, workspace, run_id, on_start=narrator.begin, on_finish=finished)
    except ComponentFailedError as error:
        logging.exception("%s failed", error.node_id)
        raise UserError(
            f"{error.node_id} failed: {explain_failure(error)}\nThe log is {log}"
        ) from error
    finally:
        with contextlib.suppress(UserError):  # as on a full disk; the next run begins with it
            tidy(workspace)
    nodes = history.nodes(run_id)
    summary = RunSummary.of(
        nodes,
        config,
        workspace,
        run_id=run_id,
        report=str(write_page(history, workspace, run_id)),
        log=str(log),
        seconds=time.monotonic() - began,
    )
    with _using_database(workspace):
        history.note(run_id, {METRICS: json.dumps(summary.metrics)})
    return summary


def tidy(workspace: Workspace) -> None:
    """Clears away what a run that was killed or broke off has left half-done.

    Files go first: until they are gone the database still knows of them, and a full disk gets room.

    Raises:
        UserError: if the database cannot be read or written.
    """
    with _using_database(workspace):
        history = History(workspace)
        unfinished = history.unfinished()
        workspace.drop_outputs(unfinished)
        workspace.keep_versions(versions(str(workspace.serving)))
        history.give_up(unfinished)


@contextlib.contextmanager
def _using_database(workspace: Workspace) -> Iterator[None]:
    """Turns what the database raises into a sentence."""
    try:
        yield
    except (StatusError, RuntimeError) as error:
        raise UserError(
            f"the database {workspace.metadata} cannot be used: {explain_failure(error)}; make "
            f"room on the disk, or name another --workspace"
        ) from error
