"""`digits run`: one run of the pipeline on this machine, from a config to a summary."""

import contextlib
import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pipeline.beam.arguments import beam_pipeline_args
from pipeline.beam.services import require_job_service, require_workers
from pipeline.beam.worker_processes import prepare_worker_processes
from pipeline.code.version import code_version
from pipeline.config.config import Config
from pipeline.config.file import write_config
from pipeline.run.descriptions import describe
from pipeline.run.failure import disk_space_hint, explain_failure
from pipeline.run.local_runner import ComponentFailedError, run_locally
from pipeline.run.log_file import DEBUG_LOG
from pipeline.run.narrator import Narrator
from pipeline.run.summary import RunSummary
from pipeline.workspace.database import using_database
from pipeline.workspace.history import History
from pipeline.workspace.relocation import rebase
from pipeline.workspace.run_page import write_page
from pipeline.workspace.runs import CODE, CONFIG, METRICS
from pipeline.workspace.workspace import Workspace
from vocabulary.card import require_same_classes
from vocabulary.errors import UserError
from vocabulary.versions import damaged

CONFIG_FILE = "config.yaml"
_NOTHING: Mapping[str, str] = MappingProxyType({})


def run(
    config: Config,
    workspace: Workspace,
    *,
    log: Path,
    narrator: Narrator,
    labels: Mapping[str, str] = _NOTHING,
) -> RunSummary:
    """Runs the pipeline in a workspace that the caller has claimed.

    The folder of `log` is the run's own and gets the effective config, too; `labels` are what
    `pipeline.workspace.labels` notes of it.

    Raises UserError if a component fails, the workspace's database cannot be used, Beam's job
    service does not answer, its workers do not start, or what serves knows other classes.
    """
    began = time.monotonic()
    prepare_worker_processes()
    require_job_service(config.beam)
    require_workers(beam_pipeline_args(config.beam))
    run_id, code = log.parent.name, code_version()
    logging.info("run %s in %s, code %s", run_id, workspace.root.resolve(), code)
    logging.info("the output of libraries is in %s beside this file", DEBUG_LOG)
    write_config(config, log.parent / CONFIG_FILE)
    for sentence in clear_unfinished(workspace):
        narrator.warn(sentence)
    if version := workspace.serving_version:  # before anything is trained
        champion = workspace.serving / str(version)
        require_same_classes(config.task, champion, name=f"version {version}")
    history = History(workspace)

    def finished(node_id: str) -> None:
        node = history.nodes(run_id)[node_id]
        history.record_files(node)
        description = describe(node, config)
        took = "taken from the cache" if node.cached else f"{node.seconds:.1f} s"
        logging.info("%s is done, %s%s", node_id, took, description and f": {description}")
        narrator.end(node, description)

    def begun(node_id: str) -> None:
        logging.info("%s begins", node_id)
        narrator.begin(node_id)

    with using_database(workspace.metadata):
        history.begin(run_id, {CONFIG: config.model_dump_json(), CODE: code, **labels})
    try:
        run_locally(
            config,
            workspace,
            run_id,
            on_start=begun,
            on_finish=finished,
            on_damage=narrator.warn,
        )
    except ComponentFailedError as error:
        logging.exception("%s failed", error.node_id)
        raise UserError(
            f"{error.node_id} failed: {explain_failure(error)}{disk_space_hint(workspace.root)}\n"
            f"The log is {log}"
        ) from error
    finally:
        with contextlib.suppress(UserError):  # as on a full disk; the next run tries again
            for sentence in clear_unfinished(workspace):
                narrator.warn(sentence)
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
    for sentence in (summary.as_sentence(), *summary.reasons):
        logging.info("%s", sentence)
    with using_database(workspace.metadata):
        history.note(run_id, {METRICS: json.dumps(summary.metrics)})
    return summary


def clear_unfinished(workspace: Workspace) -> list[str]:
    """Removes what a killed or interrupted run has left unfinished.

    Files go before the records of them, so that none is forgotten and a full disk gets room.

    Returns:
        A sentence for each damaged version that was set aside.

    Raises UserError if the database cannot be read or written.
    """
    with using_database(workspace.metadata):
        history = History(workspace)
        if rebase(workspace):
            logging.info("the workspace was moved; its database now says %s", workspace.root)
        unfinished = history.unfinished()
        workspace.drop_outputs(unfinished)
        workspace.drop_partial_versions()
        history.cancel(unfinished)
    return workspace.set_aside(damaged(str(workspace.serving)))
