"""The server against a bare call of the SavedModel, and under load while versions come and go.

    benchmarks/serving.py [--seconds 180] [MODEL]

MODEL is a version folder; by default the newest in workspace/serving/digits. Part one prints the
median latency of one picture over gRPC and REST as a ratio to calling the same signature in this
process, the three in turn. Part two has 1, 4 and 16 clients send one picture at a time, against one
client that sends 32, in turn, and prints the median ratio of their rates; the clients take some of
the machine for themselves, so the server's own time for a picture stands beside it. Part three
mixes good and bad requests from several threads while twenty versions are swapped, and prints what
failed and how the server's memory grew. Exits with 1 if a bar is missed.
"""

import argparse
import base64
import contextlib
import functools
import http.client
import itertools
import json
import os
import random
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# This file has the name of the package that it measures, and would be found in its place.
if str(Path(__file__).resolve().parent) in sys.path:
    sys.path.remove(str(Path(__file__).resolve().parent))

import cv2
import grpc
import httpx
import numpy as np
import psutil
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2

from serving.client import connect
from serving.reading import Reader
from tasks.localization.predictions import Prediction, read
from vocabulary.errors import UserError
from vocabulary.signatures import MODEL_NAME
from vocabulary.task.predictions import View

CALLS, WARM_UP = 400, 40
BARS = {"gRPC": 1.2, "REST": 1.2}
SWAPS, THREADS, MEMORY_BAR = 20, 4, 0.05
TOLERANCE = 1e-3
CLIENTS, BATCH, ROUNDS, ROUND_S, RATE_BAR = (1, 4, 16), 32, 5, 2.0, 0.7


def pictures(count: int) -> list[bytes]:
    """PNGs of blurred strokes: unlike each other, so that a mix-up would show."""
    rng = np.random.default_rng(5)
    canvases = np.zeros([count, 75, 75], np.uint8)
    for canvas in canvases:
        points = rng.integers(10, 65, [4, 2]).astype(np.int32)
        cv2.polylines(canvas, [points], False, 255, thickness=3, lineType=cv2.LINE_AA)
    return [cv2.imencode(".png", canvas)[1].tobytes() for canvas in canvases]


def bomb() -> bytes:
    """A PNG that says that it is 40,000 x 40,000."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


@contextlib.contextmanager
def server(base: Path) -> Iterator[tuple[psutil.Process, str, str]]:
    """The server as a process; gives it and its gRPC and REST addresses."""
    command = [sys.executable, "-m", "serving", "--json", "--port=0", "--rest_api_port=0"]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [*command, f"--model_base_path={base}"], stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        try:
            yield psutil.Process(process.pid), f"grpc://{addresses['grpc']}", addresses["rest"]
        finally:
            process.terminate()


def bare(model: Path) -> Callable[[bytes], Prediction]:
    """The signature itself, called in this process."""
    loaded = tf.saved_model.load(str(model))
    signature = loaded.signatures["serving_default"]

    def predict(picture: bytes, _keep: object = loaded) -> Prediction:
        outputs = signature(image_bytes=tf.constant([picture]))
        return read({name: value.numpy()[0] for name, value in outputs.items()}, View())

    return predict


def latency(call: Callable[[bytes], Prediction], remote: Reader, rest: Reader) -> bool:
    ways = {
        "bare call": call,
        "gRPC": lambda picture: remote.predict([picture])[0],
        "REST": lambda picture: rest.predict([picture])[0],
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    [picture] = pictures(1)
    for _ in range(WARM_UP + CALLS):
        for name, ask in ways.items():
            began = time.perf_counter()
            ask(picture)
            seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times[WARM_UP:]) for name, times in seconds.items()}
    passed = True
    for name, median in medians.items():
        ratio = median / medians["bare call"]
        bar = f"  bar {BARS[name]}" if name in BARS else ""
        print(f"{name:<10} {median * 1e3:6.2f} ms  {ratio:4.2f} times{bar}")
        passed &= ratio <= BARS.get(name, ratio)
    return passed


def rates(process: psutil.Process, grpc_url: str, rest_url: str) -> bool:
    good = pictures(BATCH)
    ask = {"gRPC": _grpc_asker(grpc_url), "REST": _rest_asker(rest_url)}
    passed = True
    for protocol, asker in ask.items():
        seen: dict[int, list[tuple[float, float]]] = {count: [] for count in (0, *CLIENTS)}
        for _ in range(ROUNDS):
            seen[0].append(_rate(process, asker, [good], clients=1))
            for count in CLIENTS:
                seen[count].append(
                    _rate(process, asker, [[picture] for picture in good], clients=count)
                )
        batched = [rate for rate, _ in seen[0]]
        for count, pairs in seen.items():
            rate, cost = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(
                rate / base for (rate, _), base in zip(pairs, batched, strict=True)
            )
            who = f"{count} x 1 picture" if count else f"1 x {BATCH} pictures"
            bar = f"  bar {RATE_BAR}" if count == CLIENTS[-1] else ""
            print(
                f"{protocol} {who:<15} {rate:6.0f} pictures/s  {ratio:4.2f} of batches"
                f"  {cost:4.2f} ms of the server for a picture{bar}"
            )
        passed &= ratio >= RATE_BAR
    return passed


_Connect = Callable[[], Callable[[list[bytes]], None]]


def _rate(
    process: psutil.Process, connected: _Connect, requests: list[list[bytes]], *, clients: int
) -> tuple[float, float]:
    """Pictures a second, and the server's milliseconds for each."""
    counts = [0] * clients
    began, spent = time.perf_counter(), sum(process.cpu_times()[:2])

    def work(number: int) -> None:
        ask = connected()
        for step in itertools.count(number):
            if time.perf_counter() - began > ROUND_S:
                return
            request = requests[step % len(requests)]
            ask(request)
            counts[number] += len(request)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))
    total = sum(counts)
    spent = sum(process.cpu_times()[:2]) - spent
    return total / (time.perf_counter() - began), spent / total * 1e3


def _rest_asker(url: str) -> _Connect:
    """Sends REST with as little work as there can be; bodies are made once."""
    body = functools.lru_cache(
        lambda pictures: json.dumps(
            {"instances": [{"b64": base64.b64encode(picture).decode()} for picture in pictures]}
        )
    )

    def connected() -> Callable[[list[bytes]], None]:
        connection = http.client.HTTPConnection(url.removeprefix("http://"))
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def ask(pictures: list[bytes]) -> None:
            connection.request("POST", "/v1/models/digits:predict", body(tuple(pictures)))
            response = connection.getresponse()
            assert response.read()
            assert response.status == 200

        return ask

    return connected


def _grpc_asker(url: str) -> _Connect:
    message = functools.lru_cache(lambda pictures: _request(pictures).SerializeToString())

    def connected() -> Callable[[list[bytes]], None]:
        options = [("grpc.use_local_subchannel_pool", 1)]
        channel = grpc.insecure_channel(url.removeprefix("grpc://"), options)
        call = channel.unary_unary("/tensorflow.serving.PredictionService/Predict")
        return lambda pictures: call(message(tuple(pictures)), timeout=60)

    return connected


def _request(pictures: tuple[bytes, ...]) -> predict_pb2.PredictRequest:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "digits"
    request.inputs["image_bytes"].CopyFrom(tf.make_tensor_proto(list(pictures)))
    return request


def soak(base: Path, process: psutil.Process, urls: list[str], *, seconds: float) -> bool:
    good = pictures(50)
    with connect(urls[0]) as client:
        expected = client.predict(good)
    done = threading.Event()
    counts: Counter[str] = Counter()
    lock = threading.Lock()

    def work(number: int) -> None:
        draw = random.Random(number)
        with connect(urls[number % len(urls)]) as client:
            while not done.is_set():
                outcome = _ask(client, draw, good, expected)
                with lock:
                    counts[outcome] += 1

    memory: list[int] = []

    def watch() -> None:
        while not done.wait(0.1):
            memory.append(process.memory_info().rss)

    rest_url = next(url for url in urls if url.startswith("http"))
    with ThreadPoolExecutor(THREADS + 1) as pool:
        jobs = [pool.submit(watch), *(pool.submit(work, number) for number in range(THREADS))]
        began = time.monotonic()
        try:
            for swap in range(1, SWAPS + 1):
                _swap(base, rest_url)
                time.sleep(max(0.0, began + seconds * swap / SWAPS - time.monotonic()))
        finally:
            done.set()
        for job in jobs:
            job.result()
    print(f"{SWAPS} swaps of versions, {time.monotonic() - began:.0f} s at full load")
    for outcome, count in sorted(counts.items()):
        print(f"{outcome:<24} {count:,}")
    # The first fifth is for buffers to reach their size.
    fifth = len(memory) // 5
    early = statistics.median(memory[fifth : 2 * fifth])
    late = statistics.median(memory[-fifth:])
    growth = late / early - 1
    print(f"memory                   {early / 2**20:.0f} MiB, then {late / 2**20:.0f} MiB: "
          f"{growth:+.1%}  bar {MEMORY_BAR:.0%}")  # fmt: skip
    return set(counts) == {"good, right", "bad, refused"} and abs(growth) <= MEMORY_BAR


def _ask(client: Reader, draw: random.Random, good: list[bytes], expected: list[Prediction]) -> str:
    if draw.random() < 0.25:
        bad = draw.choice([b"junk", bomb(), good[0][:60], b""])
        try:
            client.predict([bad], version=draw.choice([None, None, 999]))
        except UserError as error:
            return "bad, refused" if " refuses: " in str(error) else f"bad, {error}"
        return "bad, answered"
    index = draw.randrange(len(good))
    try:
        [answer] = client.predict([good[index]])
    except UserError as error:
        return f"good, failed: {error}"
    near = np.allclose(
        [*answer.box, *answer.probabilities],
        [*expected[index].box, *expected[index].probabilities],
        atol=TOLERANCE,
    )
    return "good, right" if near else "good, wrong"


def _swap(base: Path, rest_url: str) -> None:
    """Pushes a new version as Pusher does, waits until it serves and removes the oldest."""
    versions = sorted(int(path.name) for path in base.iterdir())
    newest, new = base / str(versions[-1]), base / str(versions[-1] + 1)
    shutil.copytree(newest, new, ignore=shutil.ignore_patterns("saved_model.pb"))
    shutil.copy(newest / "saved_model.pb", new)
    status = f"{rest_url}/v1/models/{MODEL_NAME}/versions/{new.name}"
    while '"AVAILABLE"' not in httpx.get(status).text:
        time.sleep(0.05)
    if len(versions) > 1:
        shutil.rmtree(base / str(versions[0]))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", nargs="?", type=Path)
    parser.add_argument("--seconds", type=float, default=180)
    arguments = parser.parse_args()
    found = sorted(Path("workspace/serving/digits").glob("[0-9]*"))
    model = arguments.model or (found[-1] if found else None)
    if model is None:
        print("there is no model yet; run `make run` first, or name a version folder")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        shutil.copytree(model, base / "1")
        with server(base) as (process, grpc_url, rest_url):
            with connect(grpc_url) as grpc_client, connect(rest_url) as rest_client:
                quick = latency(bare(model), grpc_client, rest_client)
            quick &= rates(process, grpc_url, rest_url)
            sound = soak(base, process, [grpc_url, rest_url], seconds=arguments.seconds)
    return 0 if quick and sound else 1


if __name__ == "__main__":
    sys.exit(main())
