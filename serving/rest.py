"""REST: TensorFlow Serving's paths, bodies and errors, as an ASGI application.

GET  /v1/models/NAME[/versions/V]              how the versions fare
GET  /v1/models/NAME[/versions/V]/metadata     the signatures
POST /v1/models/NAME[/versions/V]:predict      {"instances": [..]}, by rows, or {"inputs": ..}
GET  /monitoring/prometheus/metrics
GET  /                                         the page, if there is one
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import anyio
import grpc
from google.protobuf.json_format import MessageToDict
from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from serving import metrics
from serving.errors import HTTP, ServingError, invalid
from serving.grpc_server import metadata, status_response
from serving.model import Model, Signature, Tensors
from serving.service import Service
from serving.tensors import from_json, to_json

PAGE: Final = Path(__file__).parent / "page"
_MODEL: Final = "/v1/models/{name:model}"
_SPARE_THREADS: Final = 8
_LARGEST_HELD: Final = 16
"""How many bodies of the largest size may be in memory, arrived or arriving."""
_Endpoint = Callable[[Request], Awaitable[Response]]


def build_app(service: Service) -> Starlette:
    """The application."""
    rest = _Rest(service)
    routes: list[Route | Mount] = [Route(metrics.PATH, rest.metrics)]
    for within in (_MODEL + "/versions/{version:version}", _MODEL):
        routes += [
            Route(within + ":predict", rest.predict, methods=["POST"]),
            Route(within + "/metadata", rest.metadata),
            Route(within, rest.status),
        ]
    if PAGE.is_dir():
        routes.append(Mount("/", StaticFiles(directory=PAGE, html=True)))
    cors = Middleware(
        CORSMiddleware, allow_origins=["*"], allow_headers=["*"], allow_methods=["GET", "POST"]
    )
    return Starlette(
        routes=routes,
        middleware=[cors] if service.options.rest_api_enable_cors_support else [],
        exception_handlers={
            ServingError: _refusal,
            HTTPException: _malformed,
            ClientDisconnect: _gone,
            Exception: _failure,
        },
    )


class _ModelName(StringConvertor):
    regex = "[^/:]+"


class _Version(IntegerConvertor):
    regex = "[0-9]{1,19}"  # of int64; Python refuses to convert thousands of digits


register_url_convertor("model", _ModelName())
register_url_convertor("version", _Version())


class _Rest:
    def __init__(self, service: Service):
        self._service = service
        # Each request that waits for a place holds a thread, so there are enough to refuse more.
        self._held = 0
        self._threads = anyio.CapacityLimiter(service.admission.capacity + _SPARE_THREADS)

    async def predict(self, request: Request) -> Response:
        version = request.path_params.get("version")
        async with self._body(request) as body:
            text = await anyio.to_thread.run_sync(
                self._predict, body, request.path_params["name"], version, limiter=self._threads
            )
        return Response(text, media_type="application/json")

    def _predict(self, body: bytearray, name: str, version: int | None) -> str:
        rows = False

        def read(model: Model) -> tuple[Signature, Tensors]:
            nonlocal rows
            fields = _fields(body)
            signature = model.signature(fields.get("signature_name", ""))
            rows = "instances" in fields
            if rows:
                return signature, _by_row(fields["instances"], signature)
            return signature, _by_column(fields["inputs"], signature)

        answer = self._service.predict(
            read,
            size=len(body),
            model_name=name,
            version=version,
            entrypoint="REST",
        )
        columns = {key: to_json(key, value) for key, value in answer.outputs.items()}
        if not rows:
            return json.dumps({"outputs": _alone(columns)})
        return json.dumps({"predictions": _rows(columns)})

    async def metadata(self, request: Request) -> Response:
        self._service.check_name(request.path_params["name"])
        response = metadata(self._service, request.path_params.get("version"))
        answer = MessageToDict(response, preserving_proto_field_name=True)
        return JSONResponse(answer)

    async def status(self, request: Request) -> Response:
        params = request.path_params
        statuses = self._service.statuses(params["name"], params.get("version"))
        answer = MessageToDict(
            status_response(statuses),
            preserving_proto_field_name=True,
            always_print_fields_with_no_presence=True,
        )
        for entry in answer["model_version_status"]:
            entry.setdefault("status", {"error_code": "OK", "error_message": ""})
        return JSONResponse(answer)

    async def metrics(self, request: Request) -> Response:
        return Response(self._service.metrics.page(), media_type=metrics.CONTENT_TYPE)

    @contextlib.asynccontextmanager
    async def _body(self, request: Request) -> AsyncIterator[bytearray]:
        """The body, if it arrives in time, and neither it nor all there are become too large."""
        body = bytearray()
        try:
            await self._receive(request, body)
            yield body
        finally:
            self._held -= len(body)

    async def _receive(self, request: Request, body: bytearray) -> None:
        limit = self._service.options.max_request_bytes
        try:
            async with asyncio.timeout(self._service.options.rest_api_timeout_in_ms / 1000):
                async for part in request.stream():
                    body += part
                    self._held += len(part)
                    if len(body) > limit:
                        raise ServingError(
                            grpc.StatusCode.RESOURCE_EXHAUSTED,
                            f"the request is larger than {limit} bytes",
                        )
                    if self._held > _LARGEST_HELD * limit:
                        raise ServingError(
                            grpc.StatusCode.UNAVAILABLE,
                            "too many large requests are here already; try again",
                        )
        except TimeoutError as error:
            raise ServingError(
                grpc.StatusCode.DEADLINE_EXCEEDED, "the request did not arrive in time"
            ) from error


def _fields(body: bytearray) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except RecursionError as error:
        raise invalid("JSON Parse error: lists are nested too deeply") from error
    except ValueError as error:
        raise invalid(f"JSON Parse error: {error}") from error
    if not isinstance(fields, dict):
        raise invalid("the request must be a JSON object")
    if ("instances" in fields) == ("inputs" in fields):
        raise invalid("the request must have either 'instances' or 'inputs'")
    if not isinstance(fields.get("signature_name", ""), str):
        raise invalid("'signature_name' must be text")
    return fields


def _by_row(instances: Any, signature: Signature) -> Tensors:
    """`[value, ..]` for a single input, or `[{input: value}, ..]`."""
    if not isinstance(instances, list) or not instances:
        raise invalid("'instances' must be a list that is not empty")
    expected = list(signature.inputs)
    named = all(isinstance(row, dict) and "b64" not in row for row in instances)
    if not named:
        return _by_column(instances, signature)
    if any(sorted(row) != expected for row in instances):
        raise invalid(f"each of 'instances' must have the inputs {expected}")
    return _arrays({key: [row[key] for row in instances] for key in expected}, signature)


def _by_column(inputs: Any, signature: Signature) -> Tensors:
    """`value` for a single input, or `{input: value}`."""
    expected = list(signature.inputs)
    if isinstance(inputs, dict) and "b64" not in inputs:
        return _arrays(inputs, signature)
    if len(expected) != 1:
        raise invalid(f"the signature has the inputs {expected}; name them")
    return _arrays({expected[0]: inputs}, signature)


def _arrays(columns: dict[str, Any], signature: Signature) -> Tensors:
    expected = signature.inputs
    if set(columns) != set(expected):
        raise invalid(f"the inputs are {list(expected)}, not {sorted(columns)}")
    return {key: from_json(key, value, expected[key][0]) for key, value in columns.items()}


def _rows(columns: dict[str, Any]) -> list[Any]:
    sizes = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(sizes) != 1 or -1 in sizes:
        raise invalid("the outputs have no common batch size; ask by columns, with 'inputs'")
    names = list(columns)
    values = zip(*columns.values(), strict=True)
    return [_alone(dict(zip(names, row, strict=True))) for row in values]


def _alone(outputs: dict[str, Any]) -> Any:
    """A single output stands without its name."""
    return next(iter(outputs.values())) if len(outputs) == 1 else outputs


async def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServingError)
    code = HTTP.get(error.code, 500)
    headers = {"Retry-After": "1"} if error.code == grpc.StatusCode.UNAVAILABLE else None
    return JSONResponse({"error": error.message}, status_code=code, headers=headers)


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path
    if path.startswith("/v1/"):
        message = f"Malformed request: {request.method} {path}"
        return JSONResponse({"error": message}, status_code=400)
    return JSONResponse({"error": f"Not found: {path}"}, status_code=error.status_code)


async def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it


async def _failure(request: Request, error: Exception) -> Response:
    # uvicorn logs the error.
    return JSONResponse({"error": "the server failed; its log says why"}, status_code=500)
