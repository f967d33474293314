"""The log of a pod on open-source Kubeflow Pipelines, from whichever of its two servers answers."""

import json
from typing import Any

import kfp
import kfp_server_api

from vocabulary.errors import UserError

_FAILURE = '{"error_message":"BadRequestError: Failed to read logs'


def read_log(client: kfp.Client, *, run_id: str, pod: str, namespace: str | None) -> str:
    """What the container of a pod has printed.

    The API server has logs beside its versioned addresses (`buildHTTPRouter`, main.go of
    backend/src/apiserver, 2.17), which the server of the pages does not pass on: it has logs of its
    own (frontend/server/app.ts and handlers/pod-logs.ts).

    Raises UserError if there is no log of it, as when the pod is gone and logs are not kept.
    """
    try:
        log = _get(client, f"/apis/v1alpha1/runs/{run_id}/nodes/{pod}/log", {})
    except kfp_server_api.ApiException as error:
        if error.status != 404:
            raise
        log = _from_pages(client, pod, namespace)
    if log.startswith(_FAILURE):  # the API server has said 200 before it looked
        raise _no_log(pod, json.loads(log)["error_message"].rpartition("InternalServerError: ")[2])
    return log


def _from_pages(client: kfp.Client, pod: str, namespace: str | None) -> str:
    query = {"podname": pod} | ({"podnamespace": namespace} if namespace else {})
    try:
        return _get(client, "/k8s/pod/logs", query)
    except kfp_server_api.ApiException as error:
        if error.status not in (404, 422, 500):
            raise
        raise _no_log(pod, error.body.decode(errors="replace")) from error


def _no_log(pod: str, reason: str) -> UserError:
    return UserError(
        f"there is no log of the pod {pod}: {reason}; a step that was taken from the cache has no "
        f"pod, and the cluster may have deleted this one"
    )


def _get(client: kfp.Client, path: str, query: dict[str, str]) -> str:
    """What kfp's client has no method for, with its credentials."""
    api: Any = client.runs.api_client
    headers = dict(api.default_headers)
    if api.cookie:
        headers["Cookie"] = api.cookie
    api.update_params_for_auth(headers, [], ["Bearer"])
    url = api.configuration.host + path
    answer = api.request("GET", url, query_params=list(query.items()), headers=headers)
    return str(answer.data.decode(errors="replace"))
