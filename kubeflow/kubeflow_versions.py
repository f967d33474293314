"""Versions of the pipeline that open-source Kubeflow Pipelines keeps, to be run from its pages."""

import json
from datetime import datetime
from pathlib import Path

import kfp
import kfp_server_api

from pipeline.config.config import PIPELINE_NAME


def upload_version(client: kfp.Client, file: Path, namespace: str | None) -> tuple[str, str]:
    """Adds a compiled pipeline to the versions of the one that is called as ours.

    That one is created if it is not there. Gives the ids of both, the pipeline's first.
    """
    pipeline_id = _find(client, namespace) or _create(client, namespace)
    version = client.upload_pipeline_version(
        str(file),
        # An object of Kubernetes may be called so, where the server keeps pipelines as such.
        f"{PIPELINE_NAME}-{datetime.now():%Y%m%d-%H%M%S}",
        pipeline_id=pipeline_id,
    )
    return pipeline_id, str(version.pipeline_version_id)


def _find(client: kfp.Client, namespace: str | None) -> str | None:
    # get_pipeline_id() of the client looks in no namespace.
    predicate = {"operation": "EQUALS", "key": "display_name", "stringValue": PIPELINE_NAME}
    listed = client.list_pipelines(
        filter=json.dumps({"predicates": [predicate]}), namespace=namespace
    )
    return str(listed.pipelines[0].pipeline_id) if listed.pipelines else None


def _create(client: kfp.Client, namespace: str | None) -> str:
    pipeline = kfp_server_api.V2beta1Pipeline(display_name=PIPELINE_NAME, namespace=namespace)
    created = client.pipelines.pipeline_service_create_pipeline(pipeline=pipeline)
    return str(created.pipeline_id)
