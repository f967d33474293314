"""What InfraValidator finds wrong with an answer, in a sentence that names the signature."""

import re

import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2

from components.infra_validator.answers import check_answer

GOOD = {"digit": [1], "probabilities": [[0.25, 0.75]], "box": [[0.0, 0.25, 0.5, 1.0]]}


def response(**outputs: list[object]) -> predict_pb2.PredictResponse:
    answer = predict_pb2.PredictResponse()
    for name, value in outputs.items():
        answer.outputs[name].CopyFrom(tf.make_tensor_proto(value))
    return answer


def test_a_good_answer_passes() -> None:
    check_answer(response(**GOOD), "serving_default")


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        ({"digit": [1]}, "serving_default gives no box, only ['digit']"),
        ({**GOOD, "probabilities": [[0.25, 0.5]]}, "probabilities that sum to [0.75], not 1"),
        ({**GOOD, "probabilities": [[-0.5, 1.5]]}, "serving_default gives a probability of -0.5"),
        ({**GOOD, "probabilities": [[float("nan")] * 2]}, "that sum to [nan], not 1"),
        ({**GOOD, "digit": [0]}, "a digit that is not its most probable one"),
        ({**GOOD, "box": [[0.0, 0.0, 1.5, 1.0]]}, "1.5, 1.0]], which is not in [0, 1]"),
        ({**GOOD, "box": [[float("nan")] * 4]}, "which is not in [0, 1]"),
    ],
)
def test_what_is_wrong_is_a_sentence(outputs: dict[str, list[object]], reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        check_answer(response(**outputs), "serving_default")
