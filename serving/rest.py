"""REST: TensorFlow Serving's paths, bodies and errors, as an ASGI application.

GET  /v1/models/NAME[/versions/V]              the state of the versions
GET  /v1/models/NAME[/versions/V]/metadata     the signatures
POST /v1/models/NAME[/versions/V]:predict      {"instances": [..]}, by rows, or {"inputs": ..}
POST /v1/models/NAME[/versions/V]:find         all that is written on pictures (`finding.py`)
POST /v1/models/NAME[/versions/V]:classify     is rejected, as is :regress
POST /collect                                  keeps a drawing (`collect.py`)
GET  /monitoring/prometheus/metrics
GET  /                                         the page for trying out a model
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import anyio
import grpc
from google.protobuf.json_format import MessageToDict
from starlette.applications import Starlette
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from tensorflow_serving.apis import get_model_metadata_pb2

from serving import collect, metrics
from serving.body import Body
from serving.errors import HTTP, ServingError, invalid, unknown_label
from serving.finding import find
from serving.grpc_server import metadata, status_response
from serving.http_guard import HttpGuard
from serving.json_object import collector_paused, read_object
from serving.model import Model, Signature, Tensors
from serving.page_files import page_routes
from serving.service import Service
from serving.tensors import check_lists, from_json, to_json

_MODEL: Final = "/v1/models/{name:model}"
_PATHS: Final = (_MODEL + "/versions/{version:version}", _MODEL + "/labels/{label:model}", _MODEL)
_SPARE_THREADS: Final = 8
_LARGEST_HELD: Final = 16
"""How many bodies of the largest size may be in memory at once."""


def build_app(service: Service) -> Starlette:
    """The application."""
    rest = _Rest(service)
    routes: list[BaseRoute] = [Route(metrics.PATH, rest.metrics)]
    for within in _PATHS:
        routes += [
            Route(within + ":predict", rest.predict, methods=["POST"]),
            Route(within + ":find", rest.find, methods=["POST"]),
            Route(within + ":{method:other_method}", rest.other_method, methods=["POST"]),
            Route(within + "/metadata", rest.metadata),
            Route(within, rest.status),
        ]
    routes.append(Route(collect.PATH, rest.collect, methods=["GET", "POST"]))
    routes += page_routes(service)
    guard = Middleware(HttpGuard, host=service.options.host)
    cors = Middleware(
        CORSMiddleware, allow_origins=["*"], allow_headers=["*"], allow_methods=["GET", "POST"]
    )
    return Starlette(
        routes=routes,
        middleware=[guard, cors] if service.options.rest_api_enable_cors_support else [guard],
        exception_handlers={
            ServingError: _refusal,
            HTTPException: _malformed,
            ClientDisconnect: _gone,
            Exception: _failure,
        },
    )


for _part, _regex in (
    *(("model", "[^/:]+"), ("version", "[0-9]+")),
    ("other_method", "classify|regress"),
):
    register_url_convertor(_part, type(_part, (StringConvertor,), {"regex": _regex})())


class _Rest:
    def __init__(self, service: Service):
        self._service = service
        # Each waiting request holds a thread; spare ones reject further requests.
        self._held = 0
        self._threads = anyio.CapacityLimiter(service.admission.capacity + _SPARE_THREADS)

    async def predict(self, request: Request) -> Response:
        version = _version(request)
        async with self._body(request) as body:
            text = await anyio.to_thread.run_sync(
                self._predict, body, request.path_params["name"], version, limiter=self._threads
            )
        return Response(text, media_type="application/json")

    async def find(self, request: Request) -> Response:
        name, version = request.path_params["name"], _version(request)
        async with self._body(request) as body:
            rows = await anyio.to_thread.run_sync(
                lambda: find(
                    self._service, read_object(body.plain()), model_name=name, version=version
                ),
                limiter=self._threads,
            )
        return JSONResponse({"predictions": rows})

    async def collect(self, request: Request) -> Response:
        if request.method != "POST":
            return JSONResponse({"classes": collect.classes_of(self._service)})
        collect.check_origin(request)
        async with self._body(request) as body:
            kept = await anyio.to_thread.run_sync(
                lambda: collect.keep(self._service, read_object(body.plain())),
                limiter=self._threads,
            )
        return JSONResponse({"kept": kept})

    async def other_method(self, request: Request) -> Response:
        name, version = request.path_params["name"], _version(request)
        async with self._body(request):
            pass
        raise self._service.refusal(request.path_params["method"], model_name=name, version=version)

    def _predict(self, body: Body, name: str, version: int | None) -> str:
        rows = False

        def read(model: Model) -> tuple[Signature, Tensors]:
            nonlocal rows
            with collector_paused():
                signature, inputs, rows = self._read(body, model)
            return signature, inputs

        answer = self._service.predict(
            read,
            size=body.max_size,
            model_name=name,
            version=version,
            entrypoint="REST",
        )
        columns = {key: to_json(key, value) for key, value in answer.outputs.items()}
        if not rows:
            return json.dumps({"outputs": _alone(columns)})
        return json.dumps({"predictions": _rows(columns)})

    def _read(self, body: Body, model: Model) -> tuple[Signature, Tensors, bool]:
        """The signature and its inputs, and whether the request gives them as 'instances'."""
        fields = _fields(body.plain())
        signature = model.signature(fields.get("signature_name", ""))
        rows = "instances" in fields
        columns = (
            _by_row(fields["instances"], signature)
            if rows
            else _by_column(fields["inputs"], signature)
        )
        return signature, self._arrays(columns, signature), rows

    def _arrays(self, columns: dict[str, Any], signature: Signature) -> Tensors:
        expected = signature.inputs
        if set(columns) != set(expected):
            raise invalid(f"the inputs are {list(expected)}, not {sorted(columns)}")
        for key, value in columns.items():
            check_lists(
                key, value, expected[key][1], max_rows=self._service.options.max_request_pictures
            )
        return {key: from_json(key, value, expected[key][0]) for key, value in columns.items()}

    async def metadata(self, request: Request) -> Response:
        self._service.check_name(request.path_params["name"])
        response = metadata(self._service, _version(request))
        signatures = get_model_metadata_pb2.SignatureDefMap()
        response.metadata["signature_def"].Unpack(signatures)
        metadata_fields = {"signature_def": _with_defaults(signatures)}
        model_spec = _with_defaults(response.model_spec)
        return JSONResponse({"model_spec": model_spec, "metadata": metadata_fields})

    async def status(self, request: Request) -> Response:
        params = request.path_params
        # As in TensorFlow Serving, a label is ignored here and all versions are returned.
        version = None if "label" in params else _version(request)
        statuses = self._service.statuses(params["name"], version)
        return JSONResponse(_with_defaults(status_response(statuses)))

    async def metrics(self, request: Request) -> Response:
        return Response(self._service.metrics.page(), media_type=metrics.CONTENT_TYPE)

    @contextlib.asynccontextmanager
    async def _body(self, request: Request) -> AsyncIterator[Body]:
        """Receives the body, within limits on its size, on that of all bodies, and on time."""
        limit = self._service.options.max_request_bytes
        body = Body(encoding=request.headers.get("content-encoding", ""), limit=limit)
        body.expect(request.headers)
        try:
            await self._receive(request, body)
            yield body
        finally:
            self._held -= len(body.content)

    async def _receive(self, request: Request, body: Body) -> None:
        try:
            async with asyncio.timeout(self._service.options.rest_api_timeout_in_ms / 1000):
                async for part in request.stream():
                    self._held += len(part)
                    body.add(part)
                    if self._held > _LARGEST_HELD * body.limit:
                        raise ServingError(
                            grpc.StatusCode.UNAVAILABLE,
                            "too many large requests at once; try again",
                        )
        except TimeoutError as error:
            raise ServingError(
                grpc.StatusCode.DEADLINE_EXCEEDED, "the request did not arrive in time"
            ) from error


def _version(request: Request) -> int | None:
    if "label" in request.path_params:
        raise unknown_label(request.path_params["label"])
    text: str | None = request.path_params.get("version")
    if text is None:
        return None
    digits = text.lstrip("0") or "0"
    if len(digits) > 19 or int(digits) >= 2**63:
        raise invalid(f"Failed to convert version: {text:.100} to numeric.")
    return int(digits)


def _with_defaults(message: Any) -> Any:
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def _fields(body: bytearray) -> dict[str, Any]:
    fields = read_object(body)
    if ("instances" in fields) == ("inputs" in fields):
        raise invalid("the request must have either 'instances' or 'inputs'")
    if not isinstance(fields.get("signature_name", ""), str):
        raise invalid("'signature_name' must be text")
    return fields


def _by_row(instances: Any, signature: Signature) -> dict[str, Any]:
    """Nested lists for each input, of `[value, ..]` for a single one or `[{input: value}, ..]`."""
    if not isinstance(instances, list) or not instances:
        raise invalid("'instances' must be a list that is not empty")
    expected = list(signature.inputs)
    named = all(isinstance(row, dict) and "b64" not in row for row in instances)
    if not named:
        return _by_column(instances, signature)
    if any(sorted(row) != expected for row in instances):
        raise invalid(f"each of 'instances' must have the inputs {expected}")
    return {key: [row[key] for row in instances] for key in expected}


def _by_column(inputs: Any, signature: Signature) -> dict[str, Any]:
    """Nested lists for each input, of `value` for a single one or `{input: value}`."""
    expected = list(signature.inputs)
    if isinstance(inputs, dict) and "b64" not in inputs:
        return inputs
    if len(expected) != 1:
        raise invalid(f"the signature has the inputs {expected}; name them")
    return {expected[0]: inputs}


def _rows(columns: dict[str, Any]) -> list[Any]:
    sizes = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(sizes) != 1 or -1 in sizes:
        raise invalid("the outputs have no common batch size; ask by columns, with 'inputs'")
    names = list(columns)
    values = zip(*columns.values(), strict=True)
    return [_alone(dict(zip(names, row, strict=True))) for row in values]


def _alone(outputs: dict[str, Any]) -> Any:
    """A single output is returned without its name, as TensorFlow Serving does."""
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
    return Response(status_code=400)  # the client has left


async def _failure(request: Request, error: Exception) -> Response:
    # uvicorn logs the error.
    return JSONResponse({"error": "the server failed; its log says why"}, status_code=500)
