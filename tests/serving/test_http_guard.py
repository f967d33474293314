"""Names that a server of this machine alone answers to."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from serving.http_guard import HttpGuard


def status(bound: str, host: str | None) -> int:
    """What a server bound to an address answers to a request with this Host."""
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("here"))])
    started: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            started.append(int(str(message["status"])))

    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "query_string": b""}
    asyncio.run(HttpGuard(app, host=bound)(scope, receive, send))  # type: ignore[arg-type]
    return started[0]


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501", "digits.localhost:1", None],
)
def test_names_of_this_machine_are_answered(host: str | None) -> None:
    assert status("127.0.0.1", host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "", "[fe80::1]:8501"]
)
@pytest.mark.parametrize("bound", ["127.0.0.1", "::1", "localhost", "127.0.0.5"])
def test_other_names_are_refused_by_a_server_of_this_machine_alone(bound: str, host: str) -> None:
    assert status(bound, host) == 403


def test_the_address_that_it_listens_on_is_answered() -> None:
    assert status("127.0.0.5", "127.0.0.5:8501") == 200
    assert status("127.0.0.1", "127.0.0.5:8501") == 403


@pytest.mark.parametrize("bound", ["0.0.0.0", "::", "10.0.0.1", "digits.example"])
def test_a_server_for_others_answers_to_any_name(bound: str) -> None:
    assert status(bound, "models.example") == 200
