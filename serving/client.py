"""A client of any server of the model: `digits serve` or TensorFlow Serving, over REST or gRPC.

with connect("http://127.0.0.1:8501") as client:       # or grpc://127.0.0.1:8500
    [prediction] = client.predict([Path("seven.jpg").read_bytes()], invert="auto")

What the model was made for, and what its classes are called, is on its card, which any server
tells. One without a card is taken for a model of the default task: name any other in `connect`.
"""

import base64
import contextlib
import functools
import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from serving.reading import Reader, RefusedError, as_rows
from vocabulary.card import CLASS_NAMES, TASK, task_on
from vocabulary.errors import UserError
from vocabulary.signatures import ASKED, CARD, DEFAULT, IMAGE_BYTES, MODEL_NAME
from vocabulary.task.find import task_part
from vocabulary.task.options import TaskBase

TIMEOUT_S: Final = 30.0


@contextlib.contextmanager
def connect(
    url: str,
    *,
    model_name: str = MODEL_NAME,
    task: str | None = None,
    classes: Sequence[str] | None = None,
) -> Iterator[Reader]:
    """A client of the server at `http://HOST:PORT`, `https://...` or `grpc://HOST:PORT`.

    `model_name` is what the model is called there, `task` what it was made for, `classes` what its
    classes are called. Without these two, what its card says, or where it has none the default task
    and the ten digits; where it knows another number of classes, it calls them by their numbers.

    Raises UserError if the address is none of these, or there is no such task.
    """
    parts = urlsplit(url)
    told = {TASK: task, CLASS_NAMES: classes and [*classes]}
    if parts.scheme in ("http", "https") and parts.netloc:
        import httpx

        with httpx.Client(timeout=TIMEOUT_S) as http:
            yield _RestClient(http, f"{url.rstrip('/')}/v1/models/{model_name}", told)
    elif parts.scheme == "grpc" and parts.netloc:
        import grpc

        # Answers of a large batch are longer than the 4 MiB that a client takes by default.
        options = [("grpc.max_receive_message_length", -1)]
        with grpc.insecure_channel(parts.netloc, options) as channel:
            yield _GrpcClient(channel, parts.netloc, model_name, told)
    else:
        raise UserError(
            f"{url} is not the address of a server; write http://HOST:PORT or grpc://HOST:PORT"
        )


class _Client(Reader):
    """What REST and gRPC have in common."""

    def __init__(self, told: Mapping[str, Any]):
        """`told`: what is known of its card for certain, by its keys; None for what is not."""
        super().__init__()
        self._told = {key: of for key, of in told.items() if of}
        if self._told:
            task_part(task_on(self._told).kind, "answers")

    def task_of(self, version: int | None = None) -> TaskBase:
        """As it was told, and else as its card says."""
        return task_on({**self.card(version), **self._told})

    @abstractmethod
    def _request(
        self, signature: str, inputs: Mapping[str, Sequence[bytes]], version: int | None
    ) -> list[Any]:
        """What a signature answers to each row of its only input; raises as `_ask`."""

    def _ask(self, pictures: Sequence[bytes], version: int | None) -> list[Any]:
        return self._request(DEFAULT, {IMAGE_BYTES: pictures}, version)

    @functools.cache  # noqa: B019  a client lives as long as its connection
    def card(self, version: int | None = None) -> Mapping[str, Any]:
        """Asked for once; a model that was exported before there were cards has none."""
        try:
            [row] = self._request(CARD, {ASKED: [b""]}, version)
        except RefusedError as error:
            if "signature" not in str(error):  # a server that is busy is no model without a card
                raise
            return {}
        return dict(json.loads(row[CARD] if isinstance(row, Mapping) else row))


class _RestClient(_Client):
    def __init__(self, http: Any, url: str, told: Mapping[str, Any]):
        super().__init__(told)
        self._http = http
        self._url = url

    def _request(
        self, signature: str, inputs: Mapping[str, Sequence[bytes]], version: int | None
    ) -> list[Any]:
        import httpx

        [values] = inputs.values()
        rows = [{"b64": base64.b64encode(value).decode()} for value in values]
        body = {"signature_name": signature, "instances": rows}
        within = f"/versions/{version}" if version else ""
        try:
            response = self._http.post(f"{self._url}{within}:predict", json=body)
            answer: dict[str, Any] = response.json()
        except httpx.HTTPError as error:
            raise UserError(f"{self._url} cannot be reached: {error}; is it running?") from error
        except ValueError as error:
            raise UserError(
                f"{self._url} answers {response.status_code}, not in JSON; "
                f"is it TensorFlow Serving or `digits serve`?"
            ) from error
        if response.is_error:
            raise RefusedError(f"{self._url} refuses: {answer.get('error', response.status_code)}")
        return [_with_bytes(prediction) for prediction in answer["predictions"]]


def _with_bytes(value: Any) -> Any:
    """An answer in which `{"b64": ...}`, which is how JSON has them, has become bytes."""
    if isinstance(value, dict):
        if list(value) == ["b64"]:
            return base64.b64decode(value["b64"])
        return {name: _with_bytes(of) for name, of in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [*map(_with_bytes, value)]
    return value


class _GrpcClient(_Client):
    def __init__(self, channel: Any, address: str, model_name: str, told: Mapping[str, Any]):
        super().__init__(told)
        from tensorflow_serving.apis import prediction_service_pb2_grpc

        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        self._address = address
        self._model_name = model_name

    def _request(
        self, signature: str, inputs: Mapping[str, Sequence[bytes]], version: int | None
    ) -> list[Any]:
        import grpc
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        request.model_spec.name = self._model_name
        if version:
            request.model_spec.version.value = version
        request.model_spec.signature_name = signature
        for name, values in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(list(values), tf.string))
        try:
            outputs = self._stub.Predict(request, timeout=TIMEOUT_S).outputs
        except grpc.RpcError as error:
            if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                raise UserError(
                    f"{self._address} cannot be reached: {error.details()}; is it running?"
                ) from error
            raise RefusedError(f"{self._address} refuses: {error.details()}") from error
        return as_rows({name: tf.make_ndarray(proto) for name, proto in outputs.items()})
