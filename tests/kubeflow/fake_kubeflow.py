"""A stand-in for the API server of Kubeflow Pipelines on loopback: the HTTP that kfp speaks."""

import hashlib
import json
import ssl
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

API = "/apis/v2beta1"
STEPS = ("pusher", "trainer", "transform")


class Request(NamedTuple):
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    token: str


class FakeKubeflow:
    """Keeps each request, and answers as told.

    Attributes:
        requests: in order.
        token: what `authorization` must say.
        cookie: what `Cookie` must say, if set; else a login page is sent, as oauth2-proxy does.
        refusal: a status and sentence with which runs are answered, if set.
        unreadable: what the server says of a run that it cannot read, if set (toApiRun).
        failing: how many requests it will answer as a proxy does while it starts anew.
        hangs_up: whether it ends each connection without an answer.
        page: what is sent in place of every answer but of health, if set, as by a login.
        story: the states of a run and its Trainer, one for each time that it is asked for; the last
            one stays.
        pipeline: what the server keeps of the pipeline, which is the one last submitted.
        silence_s: how long it is silent before each answer.
        experiments: what it keeps of experiments.
        runs: what it lists; a run that is submitted is added.
        schedules: what it keeps of recurring runs, by id.
        children: ids of further nodes, as children of the first.
        logs: what pods have printed, by name.
        pages: whether the server of the pages stands before it, as at the address in the docs.
        ready: whether that server reaches it (frontend/server/handlers/healthz.ts).
        pipelines: what it keeps of pipelines, and `versions` of their versions.
        most: how much of a list it sends at once (maxPageSize, apiserver/list/list.go).
    """

    def __init__(self, certificate: tuple[Path, Path] | None = None) -> None:
        """Speaks TLS if there are files of a certificate and its key."""
        self.requests: list[Request] = []
        self.token = "Bearer right"
        self.cookie: str | None = None
        self.refusal: tuple[int, str] | None = None
        self.unreadable: dict[str, Any] | None = None
        self.failing = 0
        self.hangs_up = False
        self.page: bytes | None = None
        self.story = ["SUCCEEDED"]
        self.pipeline: Any = {"root": {"dag": {"tasks": {step: {} for step in STEPS}}}}
        self.silence_s = 0.0
        self.runs: list[dict[str, Any]] = []
        self.schedules: dict[str, dict[str, Any]] = {}
        self.children: list[str] = []
        self.logs: dict[str, bytes] = {}
        self.pages = False
        self.ready = True
        self.pipelines: list[dict[str, Any]] = []
        self.versions: list[dict[str, Any]] = []
        self.most = 200
        self.experiments: list[dict[str, Any]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                url = urlsplit(self.path)
                request = Request(
                    self.command,
                    url.path,
                    parse_qs(url.query),
                    self.body(self.rfile.read(length)),
                    self.headers.get("Authorization", ""),
                )
                fake.requests.append(request)
                time.sleep(fake.silence_s)
                if fake.hangs_up:
                    return
                status, body = fake.answer(request)
                if isinstance(body, bytes):
                    content, kind = body, "text/plain; charset=utf-8"
                else:
                    content, kind = json.dumps(body).encode(), "application/json"
                if fake.page is not None and not url.path.endswith("/healthz"):
                    status, content, kind = 200, fake.page, "text/html"
                if fake.cookie not in (None, self.headers.get("Cookie")):
                    status, content, kind = 200, b"<html>Log in</html>", "text/html"
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def body(self, sent: bytes) -> Any:
                if self.headers.get("Content-Type", "").startswith("multipart/form-data"):
                    return sent.decode()
                return json.loads(sent or "null")

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("localhost", 0), Handler)
        self.endpoint = f"http://localhost:{self._server.server_port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.endpoint = self.endpoint.replace("http:", "https:")
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def named(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == f"{API}/{path}"]

    def answer(self, request: Request) -> tuple[int, Any]:
        if self.failing:
            self.failing -= 1
            return 503, b"no healthy upstream"
        if request.token != self.token:
            return 401, {"error": "Unauthenticated", "message": "the token is not valid"}
        if not request.path.startswith(API):
            return self._log(request)
        match request.method, request.path.removeprefix(f"{API}/").split("/"):
            case "GET", ["healthz"]:
                if not self.ready:
                    return 200, {"frontendTagName": "2.17.0", "apiServerReady": False}
                return 200, {"commit_sha": "unknown", "tag_name": "unknown", "multi_user": False}
            case "GET", ["experiments"]:
                return 200, {"experiments": self.experiments} if self.experiments else {}
            case "POST", ["experiments"]:
                self.experiments = [{**request.body, "experiment_id": "e1"}]
                return 200, self.experiments[0]
            case "POST", ["runs"]:
                if self.refusal:
                    status, message = self.refusal
                    return status, {"message": message}
                self.pipeline = request.body["pipeline_spec"]
                self.runs.append(run := listed_run("r1", "2026-01-01T00:00:00Z"))
                return 200, {**request.body, **run}
            case "GET", ["runs"]:
                return 200, self._page("runs", self.runs, request.query)
            case "GET", ["runs", "r1"]:
                return 200, self._run()
            case "POST", ["runs", "r1:terminate"]:
                return self._terminate()
            case "POST", ["runs", "r1:retry"]:
                self.story = ["PENDING", "RUNNING", "SUCCEEDED"]
                return 200, {}
            case "GET", ["pipelines"]:
                return 200, {"pipelines": self.pipelines} if self.pipelines else {}
            case "POST", ["pipelines"]:
                self.pipelines = [{**request.body, "pipeline_id": "p1"}]
                return 200, self.pipelines[0]
            case "POST", ["pipelines", "upload_version"]:
                return self._upload(request)
            case "POST", ["recurringruns"]:
                schedule = {
                    **request.body,
                    "recurring_run_id": f"s{len(self.schedules) + 1}",
                    "created_at": f"2026-01-0{len(self.schedules) + 1}T00:00:00Z",
                    "status": "ENABLED",
                }
                self.schedules[schedule["recurring_run_id"]] = schedule
                return 200, schedule
            case "GET", ["recurringruns"]:
                # The one list whose name is not in snake case (recurring_run.proto).
                schedules = list(self.schedules.values())
                return 200, self._page("recurringRuns", schedules, request.query)
            case method, ["recurringruns", named]:
                return self._change_schedule(method, *named.partition(":")[::2])
        return 404, {"message": f"{request.path} was not found"}

    def _page(
        self, name: str, records: list[dict[str, Any]], query: dict[str, list[str]]
    ) -> dict[str, Any]:
        """A page of a list; what is empty is not sent (CustomMarshaler, apiserver/common)."""
        assert query["sort_by"] == ["created_at desc"]
        assert query["experiment_id"] == ["e1"]
        newest = sorted(records, key=lambda record: record.get("created_at", ""), reverse=True)
        first = int(query.get("page_token", ["0"])[0])
        end = first + min(int(query["page_size"][0]), self.most)
        page: dict[str, Any] = {name: newest[first:end], "total_size": len(newest)}
        if end < len(newest):
            page["next_page_token"] = str(end)
        return {key: value for key, value in page.items() if value}

    def _upload(self, request: Request) -> tuple[int, Any]:
        """As uploadPipelineVersion of apiserver/server/pipeline_upload_server.go does."""
        (pipeline,) = request.query["pipelineid"]
        (name,) = request.query["name"]
        if any(version["name"] == name for version in self.versions):
            return 409, {"error_message": "Failed to create a pipeline version"}
        self.versions.append({"pipeline_id": pipeline, "pipeline_version_id": "v1", "name": name})
        return 200, self.versions[-1]

    def _log(self, request: Request) -> tuple[int, Any]:
        """As ReadRunLogV1 of apiserver/server/run_log_server.go does: 200, whatever it finds.

        Where there is no pod it looks into the archive that config.json of the server names.
        Or as frontend/server/app.ts and handlers/pod-logs.ts do, which know no v1alpha1.
        """
        if self.pages:
            if request.path != "/k8s/pod/logs":
                return 404, f"Cannot GET {request.path}".encode()
            (pod,) = request.query["podname"]
            if pod not in self.logs:
                return 500, b"Could not get main container logs: Error: Unable to retrieve logs"
            return 200, self.logs[pod]
        pod = request.path.removeprefix("/apis/v1alpha1/runs/r1/nodes/").removesuffix("/log")
        if pod in self.logs:
            return 200, self.logs[pod]
        key = f"/artifacts/digits-x7k2p/{pod}/main.log"
        why = (
            f"BadRequestError: Failed to read logs for run r1: InternalServerError: Failed to read "
            f"logs from archive {pod} due to error fetching the log file: InternalServerError: "
            f'Failed to get file reader for {key}: blob (key "{key}") (code=NotFound): not found'
        )
        error = {"error_message": why, "error_details": f"{why}\nutil.NewInternalServerError"}
        return 200, json.dumps(error, separators=(",", ":")).encode()

    def _terminate(self) -> tuple[int, Any]:
        """As TerminateRun of apiserver/storage/run_store.go does.

        No code of the server calls a run CANCELED: it reports what Argo does, which is a failure.
        """
        if self.story[0] not in ("PAUSED", "PENDING", "RUNNING", "RUNTIME_STATE_UNSPECIFIED"):
            return 400, {"message": "Failed to terminate a run r1. Row not found"}
        self.story = ["CANCELING", "FAILED"]
        return 200, {}

    def _change_schedule(self, method: str, named: str, change: str) -> tuple[int, Any]:
        """As ChangeJobMode and DeleteJob of apiserver/resource/resource_manager.go do."""
        if named not in self.schedules:
            return 404, {"message": f"Recurring run {named} not found"}
        if method == "DELETE":
            del self.schedules[named]
        else:
            self.schedules[named]["status"] = {"enable": "ENABLED", "disable": "DISABLED"}[change]
        return 200, {}

    def _run(self) -> dict[str, Any]:
        if self.unreadable:
            return {"run_id": "r1", "error": self.unreadable}
        state = self.story.pop(0) if len(self.story) > 1 else self.story[0]
        return {
            "run_id": "r1",
            "display_name": "digits",
            "state": state,
            "pipeline_spec": self.pipeline,
            "run_details": {"task_details": nodes(state, self.children)},
        }


def listed_run(run_id: str, created: str, state: str = "RUNNING") -> dict[str, Any]:
    """A run as ListRuns sends it, as far as it is read."""
    return {"run_id": run_id, "display_name": "digits", "state": state, "created_at": created}


def nodes(state: str, children: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The nodes of a run whose Trainer is in this state, in the order in which they are sent.

    As toModelTasks and toApiPipelineTaskDetail of KFP 2.17 make them (apiserver/server/
    api_converter.go): every node of the workflow, sorted by its id, which is a hash; with its name
    and phase, without a message or a parent. A phase that the server does not know, such as
    Omitted, is RUNTIME_STATE_UNSPECIFIED, which is 0 and so is not sent.
    """
    after = None if state == "FAILED" else "SUCCEEDED"
    story = [
        ("digits-x7k2p", state),
        ("root-driver", "SUCCEEDED"),
        ("root", state),
        ("transform-driver", "SUCCEEDED"),
        ("transform", "SUCCEEDED"),
        ("executor", "SKIPPED"),  # taken from the cache
        ("trainer-driver", "SUCCEEDED"),
        ("trainer", state),
        ("executor", state),
        ("executor(0)", state),
    ]
    if state in ("FAILED", "SUCCEEDED"):
        story += [("pusher-driver", after), ("pusher", after)]
    sent = [
        {
            "run_id": "r1",
            "task_id": f"t{at}",
            "display_name": name,
            "create_time": "2026-01-01T00:00:00Z",
            "start_time": f"2026-01-01T00:00:{at:02}Z",
            "end_time": "0001-01-01T00:00:00Z",
            **({"state": phase} if phase else {}),
            "child_tasks": [{"pod_name": f"digits-x7k2p-{at + 1}"}],
        }
        for at, (name, phase) in enumerate(story)
    ]
    sent[0]["child_tasks"] += [{"pod_name": node} for node in children]
    return sorted(sent, key=lambda node: hashlib.sha256(node["task_id"].encode()).hexdigest())
