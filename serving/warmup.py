"""Replays the warm-up requests in a version's folder before it serves real ones."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from serving.model import Model
from serving.tensors import from_proto
from vocabulary.model_files import WARMUP

MAX_REQUESTS: Final = 1000
"""TensorFlow Serving's limit."""


def warm_up(model: Model, folder: Path, *, max_elements: int) -> None:
    """Replays the requests in `assets.extra/tf_serving_warmup_requests`.

    Raises Exception if a request cannot be read or fails; the version must not be served then.
    """
    count = 0
    for count, request in enumerate(_requests(folder / WARMUP), start=1):  # noqa: B007
        signature = model.signature(request.model_spec.signature_name)
        inputs = {
            name: from_proto(name, proto, max_elements=max_elements)
            for name, proto in request.inputs.items()
        }
        model.predict(signature, inputs)
    if count:
        logging.info("replayed %d warm-up requests", count)


def _requests(path: Path) -> Iterator[predict_pb2.PredictRequest]:
    if path.is_file():
        for index, record in enumerate(tf.compat.v1.io.tf_record_iterator(str(path))):
            log = prediction_log_pb2.PredictionLog.FromString(record)
            if log.WhichOneof("log_type") != "predict_log":
                raise ValueError(f"{path} holds a request that is not a Predict request")
            if index == MAX_REQUESTS:
                raise ValueError(f"{path} holds more than {MAX_REQUESTS} requests")
            yield log.predict_log.request
