"""A stand-in for the API server of Kubeflow Pipelines on loopback: the HTTP that kfp speaks."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

API = "/apis/v2beta1"


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
        refusal: a status and sentence with which runs are answered, if set.
        story: the states of a run, one for each time it is asked for; the last one stays.
        silence_s: how long it is silent before each answer.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.token = "Bearer right"
        self.refusal: tuple[int, str] | None = None
        self.story = ["SUCCEEDED"]
        self.silence_s = 0.0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                url = urlsplit(self.path)
                request = Request(
                    self.command,
                    url.path,
                    parse_qs(url.query),
                    json.loads(self.rfile.read(length) or "null"),
                    self.headers.get("Authorization", ""),
                )
                fake.requests.append(request)
                time.sleep(fake.silence_s)
                status, body = fake.answer(request)
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("localhost", 0), Handler)
        self.endpoint = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def named(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == f"{API}/{path}"]

    def answer(self, request: Request) -> tuple[int, Any]:
        if request.token != self.token:
            return 401, {"error": "Unauthenticated", "message": "the token is not valid"}
        match request.method, request.path.removeprefix(f"{API}/").split("/"):
            case "GET", ["healthz"]:
                return 200, {"multi_user": False}
            case "GET", ["experiments"]:
                return 200, {}
            case "POST", ["experiments"]:
                return 200, {**request.body, "experiment_id": "e1"}
            case "POST", ["runs"]:
                if self.refusal:
                    status, message = self.refusal
                    return status, {"message": message}
                return 200, {**request.body, "run_id": "r1"}
            case "POST", ["recurringruns"]:
                return 200, {**request.body, "recurring_run_id": "s1"}
            case "GET", ["runs", "r1"]:
                return 200, self._run()
        return 404, {"message": f"{request.path} was not found"}

    def _run(self) -> dict[str, Any]:
        state = self.story.pop(0) if len(self.story) > 1 else self.story[0]
        trainer = {"display_name": "trainer", "state": state}
        if state == "FAILED":
            trainer["error"] = {"code": 1, "message": "out of memory"}
        tasks = [
            {"display_name": "root", "state": state},
            {"display_name": "trainer-driver", "state": "SUCCEEDED"},
            trainer,
        ]
        return {"run_id": "r1", "state": state, "run_details": {"task_details": tasks}}
