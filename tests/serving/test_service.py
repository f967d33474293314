"""What requests share: pixels, and the batches that they go into."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from serving import service as service_module
from serving.model import Model, Signature, Tensors
from serving.options import BatchingParameters, ServerOptions
from serving.service import Service
from tests.serving.known_model import picture


class Calls:
    """Notes the pixels that the model is asked for, at once and in each call."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.rows: list[int] = []
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        real = Model.predict

        def predict(model: Model, signature: Signature, inputs: Tensors) -> Tensors:
            rows = len(inputs["image_bytes"])
            with self._lock:
                self.rows.append(rows)
                self._now += rows
                self.most = max(self.most, self._now)
            time.sleep(0.05)  # not a bound: time for others to come in, if they may
            try:
                return real(model, signature, inputs)
            finally:
                with self._lock:
                    self._now -= rows

        monkeypatch.setattr(Model, "predict", predict)


@pytest.fixture
def started(base: Path) -> Iterator[list[Service]]:
    services: list[Service] = []
    yield services
    for service in services:
        service.manager.stop()


def start(started: list[Service], base: Path, **options: object) -> Service:
    service = Service(ServerOptions(model_base_path=base, **options))
    service.manager.start()
    started.append(service)
    return service


def ask(service: Service, encoded: bytes) -> int:
    def read(model: Model) -> tuple[Signature, Tensors]:
        return model.signature(""), {"image_bytes": np.array([encoded], dtype=object)}

    answer = service.predict(
        read, size=len(encoded), model_name="digits", version=None, entrypoint="REST"
    )
    return int(answer.outputs["digit"][0])


@pytest.mark.parametrize(("pictures_at_once", "batching"), [(1, True), (3, True), (3, False)])
def test_the_pixels_of_all_requests_together_are_bounded(
    pictures_at_once: int,
    batching: bool,
    started: list[Service],
    base: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    over = {} if batching else {"batching": None}
    service = start(started, base, max_request_pixels=100 * 100 * pictures_at_once, **over)
    calls = Calls(monkeypatch)
    with ThreadPoolExecutor(9) as pool:
        digits = list(pool.map(lambda d: ask(service, picture(d, side=100)), range(9)))
    assert digits == list(range(9))
    assert 1 <= calls.most <= pictures_at_once


def test_what_takes_long_to_decode_is_in_no_batch(
    started: list[Service], base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start(started, base)
    calls = Calls(monkeypatch)
    monkeypatch.setattr(service_module, "_LARGE", 50 * 50)
    with ThreadPoolExecutor(12) as pool:
        digits = list(pool.map(lambda n: ask(service, picture(5, side=60)), range(12)))
    assert digits == [5] * 12
    assert calls.rows == [1] * 12


def test_small_ones_that_wait_are_in_one(
    started: list[Service], base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start(started, base, batching=BatchingParameters(num_batch_threads=1))
    calls = Calls(monkeypatch)
    with ThreadPoolExecutor(12) as pool:
        digits = list(pool.map(lambda n: ask(service, picture(n % 10)), range(12)))
    assert digits == [n % 10 for n in range(12)]
    assert max(calls.rows) > 1
