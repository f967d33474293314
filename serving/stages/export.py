"""The work of `digits export`: writes two versions as one, under a folder that servers serve.

Nothing is there until it was loaded as servers load it, and has answered through each signature as
its tasks demand; the requests for that go along, for servers to warm up with.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from components.infra_validator.answers import check_outputs
from components.infra_validator.errors import ModelRefusedError
from components.infra_validator.requests import for_all_signatures
from components.pusher.push import next_version, push
from serving.errors import ServingError
from serving.model import Model, Tensors
from serving.stages.compose import compose
from serving.stages.presented import found
from serving.tensors import from_proto
from vocabulary import features, signatures
from vocabulary.card import FINDER, read_card, task_on
from vocabulary.errors import UserError
from vocabulary.model_files import STATISTICS, WARMUP
from vocabulary.versions import version_folder

_SIZE: Final = (120, 160)
"""Height and width in pixels of the pictures that it is tried with."""
_MOST: Final = 1 << 24
"""Elements of a tensor."""


def export(finder: Path, reader: Path, output: Path) -> Path:
    """Writes a new version under `output` of a finder and a reader, and gives its folder.

    Each of the two is a version's folder, or the newest version in a folder.

    Raises UserError if one is no model, they do not fit each other, or do not work as one, or
    nothing can be written there.
    """
    finder, reader = version_folder(finder), version_folder(reader)
    statistics = reader / STATISTICS
    if not statistics.is_dir():
        raise UserError(
            f"{reader} has no statistics of its data; name a version that `digits run` pushed"
        )
    with tempfile.TemporaryDirectory() as made:
        whole = Path(made, "1")
        compose(finder, reader, whole)
        _try_out(whole)
        version = next_version(str(output))
        try:
            pushed = push(str(whole), str(statistics), destination=str(output), version=version)
        except tf.errors.OpError as error:
            raise UserError(
                f"{output} cannot be written: {error.message}; name another folder with --output"
            ) from error
    return Path(pushed)


def _try_out(folder: Path) -> None:
    """Asks each signature about each picture, and keeps these requests for servers to warm up."""
    card = read_card(folder)
    try:
        requests = for_all_signatures(_requests(), str(folder))
        model = Model(folder)
        try:
            for request in requests:
                _check(model, request, card)
        finally:
            model.unload()
    except (ModelRefusedError, ServingError) as error:
        raise UserError(f"the two models do not work as one: {error}") from error
    with tf.io.TFRecordWriter(str(folder / WARMUP)) as writer:
        for request in requests:
            log = prediction_log_pb2.PredictLog(request=request)
            writer.write(prediction_log_pb2.PredictionLog(predict_log=log).SerializeToString())


def _check(model: Model, request: Any, card: dict[str, Any]) -> None:
    name = request.model_spec.signature_name
    inputs = {key: from_proto(key, of, max_elements=_MOST) for key, of in request.inputs.items()}
    outputs = model.predict(model.signature(name), inputs)
    check_outputs(outputs, name, rows=1, task=task_on(card))
    finder = task_on(card[FINDER])
    check_outputs(_of_finder(outputs), name, rows=1, task=finder)


def _of_finder(outputs: Tensors) -> Tensors:
    start = found("")
    return {key.removeprefix(start): of for key, of in outputs.items() if key.startswith(start)}


def _requests() -> Iterator[Any]:
    """One about a picture with nothing on it, and one about a stroke."""
    blank = np.zeros((*_SIZE, 1), np.uint8)
    stroke = blank.copy()
    stroke[_SIZE[0] // 3 : -_SIZE[0] // 3, _SIZE[1] // 2 - 3 : _SIZE[1] // 2 + 3] = 255
    for pixels in (blank, stroke):
        encoded = tf.io.encode_png(pixels).numpy()
        feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[encoded]))
        example = tf.train.Example(features=tf.train.Features(feature={features.IMAGE: feature}))
        request = predict_pb2.PredictRequest()
        request.model_spec.name = signatures.MODEL_NAME
        request.model_spec.signature_name = signatures.EXAMPLES
        rows = tf.make_tensor_proto([example.SerializeToString()])
        request.inputs["examples"].CopyFrom(rows)
        yield request
