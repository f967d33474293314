"""Requests through every signature, made from those that TFX builds for tf.Examples."""

from collections.abc import Iterable
from typing import Any

import tensorflow as tf
from tensorflow.python.saved_model.loader_impl import SavedModelLoader
from tensorflow_serving.apis import predict_pb2

from components.infra_validator.errors import ModelRefusedError
from vocabulary import features
from vocabulary.signatures import DEFAULT, IMAGE, SIGNATURES, TENSOR


def check_signatures(model_path: str) -> Any:
    """The SignatureDefs of a SavedModel by name; all three are there.

    Raises:
        ModelRefusedError: if they are not, or the file is no SavedModel.
        OSError: if there is no file.
    """
    if not tf.io.gfile.exists(f"{model_path}/{tf.saved_model.SAVED_MODEL_FILENAME_PB}"):
        raise FileNotFoundError(f"there is no model in {model_path}")
    try:
        meta_graph = SavedModelLoader(model_path).get_meta_graph_def_from_tags(
            [tf.saved_model.SERVING]
        )
    except (OSError, RuntimeError) as error:  # files that cannot be read raise TensorFlow's own
        raise ModelRefusedError(str(error)) from error
    for name in SIGNATURES:
        if name not in meta_graph.signature_def:
            raise ModelRefusedError(f"the model has no signature {name}")
    return meta_graph.signature_def


def for_all_signatures(requests: Iterable[Any], model_path: str) -> list[Any]:
    """PredictRequests for all signatures, from those for `serving_examples`."""
    signatures = check_signatures(model_path)
    canvas = [dim.size for dim in signatures[TENSOR].inputs[IMAGE].tensor_shape.dim]
    result = []
    for request in requests:
        records = tf.make_ndarray(request.inputs["examples"])
        example = tf.train.Example.FromString(records[0])
        [picture] = example.features.feature[features.IMAGE].bytes_list.value
        result += [
            request,
            _request(request, DEFAULT, image_bytes=tf.constant([picture])),
            _request(request, TENSOR, image=_canvas(picture, canvas[1:])),
        ]
    return result


def _canvas(picture: bytes, shape: list[int]) -> tf.Tensor:
    """float32 [1, height, width, channels] in [0, 1]."""
    height, width, channels = shape
    decoded = tf.io.decode_image(picture, channels=channels, expand_animations=False)
    return tf.image.resize(decoded, [height, width])[tf.newaxis] / 255.0


def _request(like: Any, signature: str, **inputs: tf.Tensor) -> Any:
    request = predict_pb2.PredictRequest(model_spec=like.model_spec)
    request.model_spec.signature_name = signature
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return request
