"""The protocol: what any server of the model must answer, TensorFlow Serving as well as ours.

Against a server that runs already:
pytest tests/serving/test_conformance.py --url http://HOST:8501 --grpc HOST:8500
"""

import base64
import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import cv2
import grpc
import httpx
import numpy as np
import pytest
import tensorflow as tf
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)
from tfx.components.infra_validator.model_server_clients.tensorflow_serving_client import (
    TensorFlowServingClient,
)

from serving.client import connect
from vocabulary import features

MODEL = "/v1/models/digits"


def _png(grey: int, *, side: int = 40) -> bytes:
    pixels = np.full([side, 30], grey, np.uint8)
    return cv2.imencode(".png", pixels)[1].tobytes()


PNG, DARKER = _png(200), _png(20)
JPEG = cv2.imencode(".jpg", np.full([40, 30], 200, np.uint8))[1].tobytes()


def _b64(data: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(data).decode()}


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest) -> str:
    return request.config.getoption("--url") or request.getfixturevalue("server").rest


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> str:
    if request.config.getoption("--url"):
        return request.config.getoption("--grpc")
    return request.getfixturevalue("server").grpc


@pytest.fixture(scope="session")
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def channel(address: str) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(address) as channel:
        yield channel


def predict_request(**inputs: object) -> predict_pb2.PredictRequest:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "digits"
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return request


@pytest.fixture(params=["http", "grpc"])
def target(request: pytest.FixtureRequest, url: str, address: str) -> str:
    return url if request.param == "http" else f"grpc://{address}"


def test_each_picture_gets_a_digit_probabilities_and_a_box(target: str) -> None:
    with connect(target) as client:
        predictions = client.predict([PNG, JPEG, DARKER])
    assert len(predictions) == 3
    for prediction in predictions:
        xmin, ymin, xmax, ymax = prediction.box
        assert sum(prediction.probabilities) == pytest.approx(1, abs=1e-4)
        assert prediction.digit == int(np.argmax(prediction.probabilities))
        assert 0 <= xmin <= xmax <= 1
        assert 0 <= ymin <= ymax <= 1


def test_a_version_can_be_named(target: str, http: httpx.Client) -> None:
    with connect(target) as client:
        states = http.get(MODEL).json()["model_version_status"]
        newest = max(int(s["version"]) for s in states if s["state"] == "AVAILABLE")
        assert client.predict([PNG], version=newest) == client.predict([PNG])


def test_rest_and_grpc_give_the_same(url: str, address: str) -> None:
    with connect(url) as rest, connect(f"grpc://{address}") as remote:
        for one, other in zip(rest.predict([PNG, JPEG]), remote.predict([PNG, JPEG]), strict=True):
            assert one.digit == other.digit
            assert one.box == pytest.approx(other.box, abs=1e-5)
            assert one.probabilities == pytest.approx(other.probabilities, abs=1e-5)


def test_rows_and_columns_give_the_same(http: httpx.Client) -> None:
    pictures = [_b64(PNG), _b64(DARKER)]
    bodies = [
        {"instances": pictures},
        {"instances": [{"image_bytes": picture} for picture in pictures]},
        {"inputs": pictures},
        {"inputs": {"image_bytes": pictures}, "signature_name": "serving_default"},
    ]
    answers = [http.post(f"{MODEL}:predict", json=body).json() for body in bodies]
    rows = answers[0]["predictions"]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    assert answers[1]["predictions"] == rows
    assert answers[2]["outputs"] == columns
    assert answers[3]["outputs"] == columns


def test_a_gzipped_body_is_inflated(http: httpx.Client) -> None:
    plain = json.dumps({"instances": [_b64(PNG)]}).encode()
    zipped = gzip.compress(plain)
    response = http.post(f"{MODEL}:predict", content=zipped, headers={"Content-Encoding": "gzip"})
    assert response.status_code == 200
    assert response.json() == http.post(f"{MODEL}:predict", content=plain).json()


def test_base64_may_have_line_breaks_and_lack_its_padding(http: httpx.Client) -> None:
    picture = next(data for side in range(40, 60) if len(data := _png(200, side=side)) % 3)
    broken = base64.encodebytes(picture).decode()
    bare = base64.b64encode(picture).decode().rstrip("=")
    assert "\n" in broken.strip()
    assert len(bare) % 4
    bodies = [{"instances": [{"b64": text}]} for text in (broken, bare)]
    answers = [http.post(f"{MODEL}:predict", json=body).json() for body in bodies]
    expected = http.post(f"{MODEL}:predict", json={"instances": [_b64(picture)]}).json()
    assert answers == [expected, expected]


def test_a_tf_example_gives_what_its_picture_gives(http: httpx.Client) -> None:
    value = tf.train.Feature(bytes_list=tf.train.BytesList(value=[PNG]))
    example = tf.train.Example(features=tf.train.Features(feature={features.IMAGE: value}))
    body = {
        "signature_name": "serving_examples",
        "instances": [_b64(example.SerializeToString())],
    }
    direct = http.post(f"{MODEL}:predict", json={"instances": [_b64(PNG)]})
    assert http.post(f"{MODEL}:predict", json=body).json() == direct.json()


def test_a_tensor_of_the_shape_in_the_metadata_is_answered(http: httpx.Client) -> None:
    answer = http.get(f"{MODEL}/metadata").json()
    assert answer["model_spec"]["name"] == "digits"
    assert answer["model_spec"]["signature_name"] == ""
    assert set(answer["metadata"]["signature_def"]) == {"signature_def"}
    signatures = answer["metadata"]["signature_def"]["signature_def"]
    assert {"serving_default", "serving_examples", "serving_tensor"} <= set(signatures)
    assert signatures["serving_default"]["inputs"]["image_bytes"]["dtype"] == "DT_STRING"
    given = signatures["serving_tensor"]["inputs"]["image"]["tensor_shape"]
    assert given["unknown_rank"] is False
    dims = given["dim"]
    assert dims[0] == {"size": "-1", "name": ""}
    shape = [int(dim["size"]) for dim in dims][1:]
    body = {"signature_name": "serving_tensor", "instances": [np.full(shape, 0.5).tolist()]}
    response = http.post(f"{MODEL}:predict", json=body)
    assert response.status_code == 200
    assert len(response.json()["predictions"]) == 1


def test_status_names_the_versions(http: httpx.Client) -> None:
    states = http.get(MODEL).json()["model_version_status"]
    assert {"version", "state", "status"} == set(states[0])
    ready = next(s for s in states if s["state"] == "AVAILABLE")
    assert ready["status"] == {"error_code": "OK", "error_message": ""}
    one = http.get(f"{MODEL}/versions/{ready['version']}").json()
    assert one["model_version_status"] == [ready]


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", f"{MODEL}:predict", "{", 400),
        ("POST", f"{MODEL}:predict", "[]", 400),
        ("POST", f"{MODEL}:predict", "{}", 400),
        ("POST", f"{MODEL}:predict", '{"instances": []}', 400),
        ("POST", f"{MODEL}:predict", '{"instances": [{"b64": "?"}]}', 400),
        ("POST", f"{MODEL}:predict", '{"instances": [{"b64": "aGk="}]}', 400),
        ("POST", f"{MODEL}:predict", '{"instances": [3]}', 400),
        ("POST", f"{MODEL}:predict", '{"signature_name": "no", "instances": ["a"]}', 400),
        ("POST", f"{MODEL}:predict", '{"inputs": {"no": ["a"]}}', 400),
        (
            "POST",
            f"{MODEL}:predict",
            '{"signature_name": "serving_tensor", "instances": [[1, 2]]}',
            400,
        ),
        ("POST", "/v1/models/no:predict", '{"instances": ["a"]}', 404),
        ("POST", f"{MODEL}/versions/77777:predict", '{"instances": ["a"]}', 404),
        ("GET", "/v1/models/no", "", 404),
        ("GET", f"{MODEL}/versions/77777", "", 404),
        ("GET", "/v1/models/no/metadata", "", 404),
    ],
)
def test_what_is_wrong_gets_an_error_in_json(
    method: str, path: str, body: str, code: int, http: httpx.Client
) -> None:
    response = http.request(method, path, content=body)
    assert response.status_code == code
    assert set(response.json()) == {"error"}
    assert response.json()["error"]


@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        (
            "POST",
            f"{MODEL}:classify",
            "Expected classification signature method_name to be "
            "tensorflow/serving/classify. Was: tensorflow/serving/predict",
        ),
        (
            "POST",
            f"{MODEL}:regress",
            "Expected regression signature method_name to be "
            "tensorflow/serving/regress. Was: tensorflow/serving/predict",
        ),
        ("POST", f"{MODEL}/labels/stable:predict", "Unrecognized servable version label: stable"),
        ("GET", f"{MODEL}/labels/stable/metadata", "Unrecognized servable version label: stable"),
        ("GET", f"{MODEL}/versions/{2**63}", f"Failed to convert version: {2**63} to numeric."),
        ("POST", f"{MODEL}:explain", f"Malformed request: POST {MODEL}:explain"),
    ],
)
def test_what_is_not_offered_is_refused_in_the_usual_words(
    method: str, path: str, error: str, http: httpx.Client
) -> None:
    response = http.request(method, path, json={"examples": [{}]} if method == "POST" else None)
    assert response.status_code == 400
    assert response.json() == {"error": error}


def test_the_status_of_a_label_is_that_of_all_versions(http: httpx.Client) -> None:
    assert http.get(f"{MODEL}/labels/stable").json() == http.get(MODEL).json()


def test_grpc_refuses_other_methods_in_the_usual_words(channel: grpc.Channel) -> None:
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    request = classification_pb2.ClassificationRequest()
    request.model_spec.name = "digits"
    request.input.example_list.examples.add()
    with pytest.raises(grpc.RpcError) as caught:
        stub.Classify(request, timeout=60)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "Expected classification signature method_name" in caught.value.details()


def test_grpc_values_stand_in_their_typed_fields(channel: grpc.Channel) -> None:
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    response = stub.Predict(predict_request(image_bytes=[PNG, DARKER]), timeout=60)
    assert len(response.outputs["probabilities"].float_val) == 20
    assert len(response.outputs["box"].float_val) == 8
    assert len(response.outputs["digit"].int64_val) == 2
    assert response.model_spec.name == "digits"
    assert response.model_spec.version.value > 0


def test_grpc_gives_only_the_outputs_asked_for(channel: grpc.Channel) -> None:
    request = predict_request(image_bytes=[PNG])
    request.output_filter.append("digit")
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    assert list(stub.Predict(request, timeout=60).outputs) == ["digit"]


def test_grpc_clients_without_a_deadline_wait_for_their_turn(channel: grpc.Channel) -> None:
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    request = predict_request(image_bytes=[PNG])
    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(lambda _: stub.Predict(request), range(64)))
    assert {len(response.outputs["digit"].int64_val) for response in responses} == {1}


def test_grpc_metadata_has_the_signatures(channel: grpc.Channel) -> None:
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = "digits"
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    response = stub.GetModelMetadata(request, timeout=60)
    signatures = get_model_metadata_pb2.SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures)
    assert "serving_default" in signatures.signature_def


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "no"}, grpc.StatusCode.NOT_FOUND),
        ({"version": {"value": 77777}}, grpc.StatusCode.NOT_FOUND),
        ({"signature_name": "no"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"signature_name": "serving_tensor"}, grpc.StatusCode.INVALID_ARGUMENT),
    ],
)
def test_grpc_errors_have_their_codes(
    change: dict[str, object], code: grpc.StatusCode, channel: grpc.Channel
) -> None:
    request = predict_request(image_bytes=[PNG])
    request.model_spec.MergeFrom(type(request.model_spec)(**change))
    stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
    with pytest.raises(grpc.RpcError) as caught:
        stub.Predict(request, timeout=60)
    assert caught.value.code() == code


def test_grpc_status_of_an_unknown_model_is_not_found(channel: grpc.Channel) -> None:
    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = "no"
    with pytest.raises(grpc.RpcError) as caught:
        model_service_pb2_grpc.ModelServiceStub(channel).GetModelStatus(request, timeout=60)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_tfx_client_accepts_the_server(address: str) -> None:
    client = TensorFlowServingClient(address, "digits")
    client.WaitUntilModelLoaded(deadline=float("inf"), polling_interval_sec=1)
    client.SendRequests([predict_request(image_bytes=[PNG])])


def test_metrics_count_requests_as_tensorflow_serving_names_them(http: httpx.Client) -> None:
    http.post(f"{MODEL}:predict", json={"instances": [_b64(PNG)]})
    text = http.get("/monitoring/prometheus/metrics").text
    assert ':tensorflow:serving:request_count{model_name="digits",status="OK"}' in text
    assert ":tensorflow:serving:request_latency_bucket{" in text


@pytest.mark.parametrize("service", ["", "ModelService", "PredictionService"])
def test_health_is_serving(
    service: str, channel: grpc.Channel, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--url"):
        pytest.skip("TensorFlow Serving has it with --enable_grpc_healthcheck_service alone")
    stub = health_pb2_grpc.HealthStub(channel)
    answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=60)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
