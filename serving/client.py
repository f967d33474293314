"""A client of any server of the model: `digits serve` or TensorFlow Serving, over REST or gRPC.

with connect("http://127.0.0.1:8501") as client:       # or grpc://127.0.0.1:8500
    [prediction] = client.predict([Path("seven.jpg").read_bytes()], invert="auto")

A server does not say which task its model is for: name any other than the default in `connect`.
What the classes are called is known of `digits serve` over REST; elsewhere, name them there too.
"""

import base64
import contextlib
import functools
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from serving.reading import Reader, RefusedError, as_rows
from vocabulary.card import CLASS_NAMES, DEFAULT_TASK, SERVED, TASK, task_on
from vocabulary.errors import UserError
from vocabulary.signatures import IMAGE_BYTES, MODEL_NAME
from vocabulary.task.options import TaskBase

TIMEOUT_S: Final = 30.0


@contextlib.contextmanager
def connect(
    url: str,
    *,
    model_name: str = MODEL_NAME,
    task: str = DEFAULT_TASK,
    classes: Sequence[str] | None = None,
) -> Iterator[Reader]:
    """A client of the server at `http://HOST:PORT`, `https://...` or `grpc://HOST:PORT`.

    `model_name` is what the model is called there, `task` what it was made for, `classes` what its
    classes are called. Without them, those that `digits serve` tells over REST, or else the ten
    digits; where it knows another number of classes, it calls them by their numbers.

    Raises UserError if the address is none of these, or there is no such task.
    """
    parts = urlsplit(url)
    asked = task_on({TASK: task, CLASS_NAMES: classes and [*classes]})
    if parts.scheme in ("http", "https") and parts.netloc:
        import httpx

        with httpx.Client(timeout=TIMEOUT_S) as http:
            yield _RestClient(http, url.rstrip("/"), model_name, asked, is_told=bool(classes))
    elif parts.scheme == "grpc" and parts.netloc:
        import grpc

        # Answers of a large batch are longer than the 4 MiB that a client takes by default.
        options = [("grpc.max_receive_message_length", -1)]
        with grpc.insecure_channel(parts.netloc, options) as channel:
            yield _GrpcClient(channel, parts.netloc, model_name, asked)
    else:
        raise UserError(
            f"{url} is not the address of a server; write http://HOST:PORT or grpc://HOST:PORT"
        )


class _RestClient(Reader):
    def __init__(self, http: Any, root: str, model_name: str, task: TaskBase, *, is_told: bool):
        """`is_told`: whether the classes of the task are those of the model for certain."""
        super().__init__(task)
        self._http = http
        self._root = root
        self._url = f"{root}/v1/models/{model_name}"
        self._is_told = is_told

    @functools.cached_property
    def classes(self) -> Sequence[str]:
        """As the server tells, if it is ours; asked for when it has answered."""
        import httpx

        if self._is_told:
            return self.task.classes
        try:
            told: dict[str, Any] = self._http.get(f"{self._root}/{SERVED}").json()
            return task_on(told).classes
        except (httpx.HTTPError, ValueError, AttributeError):  # TensorFlow Serving, or a proxy
            return self.task.classes

    def _ask(self, pictures: Sequence[bytes], version: int | None) -> list[Any]:
        import httpx

        rows = [{"b64": base64.b64encode(picture).decode()} for picture in pictures]
        within = f"/versions/{version}" if version else ""
        try:
            response = self._http.post(f"{self._url}{within}:predict", json={"instances": rows})
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
        predictions: list[Any] = answer["predictions"]
        return predictions


class _GrpcClient(Reader):
    def __init__(self, channel: Any, address: str, model_name: str, task: TaskBase):
        super().__init__(task)
        from tensorflow_serving.apis import prediction_service_pb2_grpc

        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        self._address = address
        self._model_name = model_name

    def _ask(self, pictures: Sequence[bytes], version: int | None) -> list[dict[str, Any]]:
        import grpc
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        request.model_spec.name = self._model_name
        if version:
            request.model_spec.version.value = version
        request.inputs[IMAGE_BYTES].CopyFrom(tf.make_tensor_proto(list(pictures), tf.string))
        try:
            outputs = self._stub.Predict(request, timeout=TIMEOUT_S).outputs
        except grpc.RpcError as error:
            if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                raise UserError(
                    f"{self._address} cannot be reached: {error.details()}; is it running?"
                ) from error
            raise RefusedError(f"{self._address} refuses: {error.details()}") from error
        return as_rows({name: tf.make_ndarray(proto) for name, proto in outputs.items()})
