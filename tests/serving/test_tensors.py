"""Tensors on the wire."""

import json

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from serving.errors import ServingError
from serving.tensors import check_lists, from_json, from_proto, to_json, to_proto

numbers = arrays.arrays(
    st.sampled_from([np.float32, np.int64]),
    arrays.array_shapes(max_dims=3, max_side=4),
    elements=st.integers(-1000, 1000),
)


@given(numbers)
def test_protos_come_back_as_they_were(array: np.ndarray) -> None:
    back = from_proto("x", to_proto(array), max_elements=1000)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


@given(numbers)
def test_json_comes_back_as_it_was(array: np.ndarray) -> None:
    text = json.dumps(to_json("x", array))
    np.testing.assert_array_equal(from_json("x", json.loads(text), tf.as_dtype(array.dtype)), array)


def test_bytes_are_base64_where_the_name_says_so() -> None:
    array = np.array([b"\xff\x00"], dtype=object)
    assert to_json("a_bytes", array) == [{"b64": "/wA="}]
    assert from_json("a", [{"b64": "/wA="}], tf.string).tolist() == [b"\xff\x00"]


def test_a_small_message_cannot_claim_a_huge_tensor() -> None:
    proto = tf.make_tensor_proto([1.0])
    proto.tensor_shape.dim[0].size = 10**12
    with pytest.raises(ServingError, match="1000000000000 elements"):
        from_proto("x", proto, max_elements=1000)


@pytest.mark.parametrize("shape", [{"unknown_rank": True}, {"dim": [{"size": -1}]}])
def test_a_shape_that_leaves_sizes_open_is_refused(shape: dict[str, object]) -> None:
    proto = tf.make_tensor_proto([1.0])
    proto.tensor_shape.CopyFrom(type(proto.tensor_shape)(**shape))
    with pytest.raises(ServingError, match="input x has no definite shape"):
        from_proto("x", proto, max_elements=1000)


@pytest.mark.parametrize("value", [[[1], [1, 2]], [None], ["a"], [{"b64": "AA=="}], [True]])
def test_other_things_than_floats_are_refused(value: object) -> None:
    if value == [True]:
        assert from_json("x", value, tf.float32).tolist() == [1.0]
        return
    with pytest.raises(ServingError, match="input x must hold float32"):
        from_json("x", value, tf.float32)


@pytest.mark.parametrize("value", [[["a"], ["b", "c"]], ["a", ["b"]], "\ud800"])
def test_text_that_is_ragged_or_none_is_refused(value: object) -> None:
    with pytest.raises(ServingError, match="input x must hold string"):
        from_json("x", value, tf.string)


@pytest.mark.parametrize("text", ["/w A\n=", "/wA", "/wA="])
def test_base64_is_taken_as_it_comes(text: str) -> None:
    assert from_json("a", [{"b64": text}], tf.string).tolist() == [b"\xff\x00"]


@pytest.mark.parametrize("text", ["?", "/wA==", "/", "/w=A", "\u00e9"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ServingError, match="b64 does not hold base64"):
        from_json("a", [{"b64": text}], tf.string)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([[[0], [0]], [[0], [0]]], ""),
        ([[[0], [0]]] * 4, "has 4 pictures; send 1 to 3"),
        ([[]], "the shape"),
        ([[[0]] * 2, [[0]]], "the shape"),
        ([[[0], [0, 0]]], "the shape"),
        ([[[[]], [0]]], "the shape"),
        (["ab"], "the shape"),
        (3, "the shape"),
    ],
)
def test_lists_are_counted_before_they_are_an_array(value: object, sentence: str) -> None:
    shape = tf.TensorShape([None, 2, 1])
    if not sentence:
        check_lists("x", value, shape, max_rows=3)
        return
    with pytest.raises(ServingError, match=sentence):
        check_lists("x", value, shape, max_rows=3)


def test_lists_nested_deeper_than_python_goes_are_refused() -> None:
    value: object = "a"
    for _ in range(2000):
        value = [value]
    with pytest.raises(ServingError, match="input x must hold string"):
        from_json("x", value, tf.string)


@pytest.mark.parametrize("dtype", [0, 19, 20, 21, 999])
def test_types_that_no_signature_takes_are_refused(dtype: int) -> None:
    proto = tf.make_tensor_proto([1.0])
    proto.dtype = dtype
    with pytest.raises(ServingError, match="input x is no tensor"):
        from_proto("x", proto, max_elements=10)


def test_what_json_cannot_say_is_an_error() -> None:
    with pytest.raises(ServingError, match="output x is not finite"):
        to_json("x", np.array([np.nan], np.float32))
