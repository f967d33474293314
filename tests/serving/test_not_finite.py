"""Numbers that are not finite are refused, whichever way they come."""

import grpc
import httpx
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from serving.server import Addresses
from tests.serving.known_model import SIDE

# As JSON says them, the last one within a double and beyond a float.
WORDS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf, "1e39": np.inf}


def canvas(value: float) -> np.ndarray:
    values = np.zeros((1, SIDE, SIDE, 1), np.float32)
    values[0, 3, 3, 0] = value
    return values


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("form", ["instances", "inputs"])
def test_over_rest(server: Addresses, word: str, form: str) -> None:
    values = str(canvas(0.5).tolist()).replace("0.5", word)
    body = f'{{"signature_name": "serving_tensor", "{form}": {values}}}'
    answer = httpx.post(f"{server.rest}/v1/models/digits:predict", content=body)
    assert answer.status_code == 400
    assert "input image has a number that is not finite" in answer.json()["error"]


@pytest.mark.parametrize("value", WORDS.values())
def test_over_grpc(server: Addresses, value: float) -> None:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "digits"
    request.model_spec.signature_name = "serving_tensor"
    request.inputs["image"].CopyFrom(tf.make_tensor_proto(canvas(value)))
    with grpc.insecure_channel(server.grpc) as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.Predict(request, timeout=60)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "input image has a number that is not finite" in refused.value.details()
