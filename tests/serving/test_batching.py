"""Waiting requests share a batch, and each gets its own answer."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import grpc
import httpx
import numpy as np
import pytest

from serving.batching import Batcher
from serving.errors import ServingError
from serving.model import Model, Signature, Tensors
from serving.options import BatchingParameters, ServerOptions
from serving.server import running
from tests.serving.known_model import SIDE, picture
from tests.serving.test_server import body

ONE_AT_A_TIME = BatchingParameters(num_batch_threads=1)


class Gated(Model):
    """Waits in its first call until it is told to go on, and notes how many rows each call has."""

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.sizes: list[int] = []
        self.entered = threading.Event()
        self.go = threading.Event()

    def predict(self, signature: Signature, inputs: Tensors) -> Tensors:
        self.sizes.append(len(next(iter(inputs.values()))))
        self.entered.set()
        assert self.go.wait(60)
        return super().predict(signature, inputs)


@pytest.fixture
def model(saved: Path) -> Iterator[Gated]:
    model = Gated(saved / "1")
    yield model
    model.unload()


class Asked:
    """A request that is under way, and those that wait behind it."""

    def __init__(self, model: Gated, parameters: BatchingParameters):
        self.model = model
        self.batcher = Batcher(parameters)
        self.pool = ThreadPoolExecutor(20)
        self.first = self._submit([picture(0)], 60)
        assert model.entered.wait(60)

    def ask(self, *pictures: bytes, patience: float = 60) -> "Future[list[int]]":
        """A request, once it waits or is refused."""
        before = self.waiting()
        future = self._submit(pictures, patience)
        for _ in range(3000):
            if self.waiting() > before or future.done():
                return future
            time.sleep(0.01)
        pytest.fail("the request does not wait")

    def _submit(self, pictures: Sequence[bytes], patience: float) -> "Future[list[int]]":
        return self.pool.submit(self._ask, {"image_bytes": np.array(pictures, object)}, patience)

    def waiting(self) -> int:
        queues = [*self.batcher._queues.get(self.model, {}).values()]
        return sum(len(queue._waiting) for queue in queues)

    def _ask(self, inputs: Tensors, patience: float) -> list[int]:
        signature = self.model.signature("")
        deadline = time.monotonic() + patience
        assert self.batcher.batches(signature, inputs)
        answer = self.batcher.run(self.model, signature, inputs, deadline=deadline)
        return [int(digit) for digit in answer["digit"]]


def test_those_that_wait_go_together_and_each_gets_its_own(model: Gated) -> None:
    asked = Asked(model, BatchingParameters(max_execution_batch_size=8, num_batch_threads=1))
    others = [asked.ask(picture(1)), asked.ask(picture(2), picture(3)), asked.ask(picture(4))]
    model.go.set()
    assert asked.first.result(60) == [0]
    assert [future.result(60) for future in others] == [[1], [2, 3], [4]]
    assert model.sizes == [1, 4]


def test_a_batch_has_no_more_than_its_size(model: Gated) -> None:
    asked = Asked(model, BatchingParameters(max_execution_batch_size=3, num_batch_threads=1))
    others = [asked.ask(picture(digit)) for digit in range(1, 6)]
    model.go.set()
    assert [future.result(60) for future in others] == [[digit] for digit in range(1, 6)]
    assert model.sizes == [1, 3, 2]


def test_a_bad_picture_is_refused_and_the_others_are_answered(model: Gated) -> None:
    asked = Asked(model, ONE_AT_A_TIME)
    others = [asked.ask(picture(1)), asked.ask(picture(2)[:50]), asked.ask(picture(3))]
    model.go.set()
    assert others[0].result(60) == [1]
    with pytest.raises(ServingError, match="Invalid PNG"):
        others[1].result(60)
    assert others[2].result(60) == [3]


def test_who_has_waited_for_too_long_is_told_and_not_asked_for(model: Gated) -> None:
    asked = Asked(model, ONE_AT_A_TIME)
    impatient = asked.ask(picture(1), patience=0.5)
    with pytest.raises(ServingError, match="waited for too long"):
        impatient.result(60)
    other = asked.ask(picture(2))
    model.go.set()
    assert other.result(60) == [2]
    assert model.sizes == [1, 1]


def test_more_than_the_queue_holds_are_refused(model: Gated) -> None:
    asked = Asked(
        model,
        BatchingParameters(max_execution_batch_size=2, max_enqueued_batches=1, num_batch_threads=1),
    )
    others = [asked.ask(picture(1)), asked.ask(picture(2))]
    with pytest.raises(ServingError, match="2 pictures are waiting") as caught:
        asked.ask(picture(3)).result(60)
    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    model.go.set()
    assert [future.result(60) for future in others] == [[1], [2]]


def test_a_batch_is_padded_to_a_size_that_is_allowed(model: Gated) -> None:
    parameters = BatchingParameters(
        max_execution_batch_size=8, allowed_batch_sizes=(2, 8), num_batch_threads=1
    )
    asked = Asked(model, parameters)
    others = [asked.ask(picture(digit)) for digit in (1, 2, 3)]
    model.go.set()
    assert asked.first.result(60) == [0]
    assert [future.result(60) for future in others] == [[1], [2], [3]]
    assert model.sizes == [2, 8]


def test_the_first_waits_for_company_as_long_as_it_is_told(model: Gated) -> None:
    model.go.set()
    batcher = Batcher(
        BatchingParameters(
            max_execution_batch_size=2, batch_timeout_micros=60_000_000, num_batch_threads=1
        )
    )
    inputs = {"image_bytes": np.array([picture(5)], object)}

    def ask() -> Tensors:
        signature = model.signature("")
        return batcher.run(model, signature, inputs, deadline=time.monotonic() + 60)

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(ask), pool.submit(ask)]
        assert [int(f.result(60)["digit"][0]) for f in futures] == [5, 5]
    assert model.sizes == [2]


def test_one_client_alone_waits_for_nobody(model: Gated) -> None:
    model.go.set()
    asked = Asked(model, ONE_AT_A_TIME)
    for digit in range(5):
        assert asked._submit([picture(digit)], 60).result(60) == [digit]
    assert model.sizes == [1] * 6


def test_signatures_do_not_mix(model: Gated) -> None:
    asked = Asked(model, ONE_AT_A_TIME)
    canvas = np.full([1, SIDE, SIDE, 1], 0.65, np.float32)
    tensor = model.signature("serving_tensor")
    future = asked.pool.submit(
        asked.batcher.run, model, tensor, {"image": canvas}, deadline=time.monotonic() + 60
    )
    model.go.set()
    assert future.result(60)["digit"].tolist() == [6]
    assert asked.first.result(60) == [0]


def test_a_request_larger_than_a_batch_is_split(model: Gated) -> None:
    model.go.set()
    batcher = Batcher(BatchingParameters(max_execution_batch_size=2, num_batch_threads=2))
    signature = model.signature("")
    inputs = {"image_bytes": np.array([picture(digit) for digit in range(7)], object)}
    assert batcher.batches(signature, inputs) == 4
    outputs = batcher.run(model, signature, inputs, deadline=time.monotonic() + 60)
    assert outputs["digit"].tolist() == list(range(7))
    assert {name: len(array) for name, array in outputs.items()} == dict.fromkeys(outputs, 7)
    assert sorted(model.sizes) == [1, 2, 2, 2]


def test_a_bad_picture_in_any_part_of_a_request_rejects_the_request(model: Gated) -> None:
    model.go.set()
    batcher = Batcher(BatchingParameters(max_execution_batch_size=2, num_batch_threads=2))
    pictures = [picture(1)] * 4 + [picture(2)[:50]]
    inputs = {"image_bytes": np.array(pictures, object)}
    with pytest.raises(ServingError, match="Invalid PNG"):
        batcher.run(model, model.signature(""), inputs, deadline=time.monotonic() + 60)


def test_as_many_batches_run_at_once_as_there_are_threads(model: Gated) -> None:
    asked = Asked(model, BatchingParameters(max_execution_batch_size=2, num_batch_threads=2))
    second = asked._submit([picture(1)], 60)
    while len(model.sizes) < 2:
        time.sleep(0.01)
    third = asked.ask(picture(2))
    assert asked.waiting() == 1
    assert model.sizes == [1, 1]
    model.go.set()
    assert [future.result(60) for future in (asked.first, second, third)] == [[0], [1], [2]]


def test_a_request_larger_than_the_largest_allowed_is_rejected(model: Gated) -> None:
    inputs = {"image_bytes": np.array([picture(1)] * 3, object)}
    strict = BatchingParameters(max_batch_size=2)
    with pytest.raises(ServingError, match="Task size 3 is larger than maximum input batch size 2"):
        Batcher(strict).batches(model.signature(""), inputs)


def test_a_signature_without_a_batch_is_not_put_together(model: Gated) -> None:
    signature = model.signature("serving_tensor")
    fixed = Signature(
        name="fixed",
        definition=signature.definition,
        inputs={"image": (np.float32, signature.inputs["image"][1][1:])},
        outputs=signature.outputs,
        call=signature.call,
    )
    assert signature.batched
    assert not fixed.batched


@pytest.mark.slow
def test_clients_at_once_get_what_each_would_alone(saved: Path) -> None:
    options = ServerOptions(model_base_path=saved, port=0, rest_api_port=0)
    with running(options) as addresses, httpx.Client(base_url=addresses.rest, timeout=60) as client:

        def ask(number: int) -> list[int]:
            pictures = [picture((number + step) % 10) for step in range(number % 3 + 1)]
            if number % 7 == 0:
                pictures[0] = pictures[0][:50]
            response = client.post("/v1/models/digits:predict", json=body(*pictures))
            if response.status_code == 400:
                assert "Invalid PNG" in response.json()["error"]
                return []
            return [row["digit"] for row in response.json()["predictions"]]

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(ask, range(200)))
    for number, digits in enumerate(answers):
        right = [(number + step) % 10 for step in range(number % 3 + 1)]
        assert digits == ([] if number % 7 == 0 else right)
