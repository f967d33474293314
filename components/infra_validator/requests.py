"""Requests through every signature, made from those that TFX builds for tf.Examples."""

from collections.abc import Iterable
from typing import Any

import tensorflow as tf
from tensorflow.python.saved_model.loader_impl import SavedModelLoader
from tensorflow_serving.apis import predict_pb2

from vocabulary import features


def for_all_signatures(requests: Iterable[Any], model_path: str) -> list[Any]:
    """PredictRequests for `serving_examples`, `serving_default` and `serving_tensor`.

    Args:
        requests: PredictRequests for `serving_examples`.
        model_path: the SavedModel, which says how large a canvas is.

    Raises:
        ValueError: if the model lacks a signature.
    """
    loader = SavedModelLoader(model_path)
    signatures = loader.get_meta_graph_def_from_tags([tf.saved_model.SERVING]).signature_def
    for name in ("serving_default", "serving_examples", "serving_tensor"):
        if name not in signatures:
            raise ValueError(f"the model has no signature {name}")
    canvas = [dim.size for dim in signatures["serving_tensor"].inputs["image"].tensor_shape.dim]
    result = []
    for request in requests:
        records = tf.make_ndarray(request.inputs["examples"])
        example = tf.train.Example.FromString(records[0])
        [picture] = example.features.feature[features.IMAGE].bytes_list.value
        result += [
            request,
            _request(request, "serving_default", image_bytes=tf.constant([picture])),
            _request(request, "serving_tensor", image=_canvas(picture, canvas[1:])),
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
