"""A version asked for by a label that no version has."""

import grpc
import pytest
from tensorflow import make_tensor_proto
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from serving.server import Addresses
from tests.serving.known_model import picture


def test_a_label_that_no_version_has_is_not_answered_by_another(server: Addresses) -> None:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "digits"
    request.model_spec.version_label = "elsewhere"
    request.inputs["image_bytes"].CopyFrom(make_tensor_proto([picture(1)]))
    with grpc.insecure_channel(server.grpc) as channel, pytest.raises(grpc.RpcError) as refused:
        prediction_service_pb2_grpc.PredictionServiceStub(channel).Predict(request, timeout=30)
    assert "elsewhere" in refused.value.details()
