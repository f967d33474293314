"""The server as a process: load, bounds, SIGTERM, and what it says of mistakes."""

import base64
import contextlib
import gzip
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import httpx
import numpy as np
import psutil
import pytest

from serving import http_protocol
from serving.client import connect
from serving.options import ServerOptions
from serving.server import Addresses, running
from tests.serving.known_model import SIDE, picture
from tests.serving.test_pictures import bomb
from vocabulary.errors import UserError

Start = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def start(base: Path) -> Iterator[Start]:
    """Starts a server of the folder; gives the process and its REST address."""
    processes: list[subprocess.Popen[str]] = []

    def begin(*flags: str) -> tuple["subprocess.Popen[str]", str]:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "serving", "--json", "--port=0", "--rest_api_port=0"),
                *(f"--model_base_path={base}", *flags),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        return process, json.loads(process.stdout.readline())["rest"]

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


def body(*pictures: bytes) -> dict[str, object]:
    return {"instances": [{"b64": base64.b64encode(p).decode()} for p in pictures]}


@pytest.mark.slow
def test_sigterm_lets_requests_in_flight_be_answered(start: Start) -> None:
    process, url = start()
    host, port = url.removeprefix("http://").split(":")
    content = json.dumps(body(picture(6))).encode()
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(
            b"POST /v1/models/digits:predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(content)
        )
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)  # not a bound: time for a server that would break off to do so
        assert process.poll() is None
        connection.sendall(content)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["predictions"][0]["digit"] == 6
    assert process.wait(60) == 0


@pytest.mark.slow
def test_more_than_the_queue_holds_gets_503(start: Start, tmp_path: Path) -> None:
    _, url = start("--max_running=1", "--max_queued=1", f"--collect={tmp_path}/drawings")
    assert httpx.get(f"{url}/collect").json()["classes"] == [*"0123456789"]
    large = body(picture(6, side=4000))
    codes: list[int] = []

    def ask() -> None:
        response = httpx.post(f"{url}/v1/models/digits:predict", json=large, timeout=60)
        codes.append(response.status_code)
        if response.status_code == 503:
            assert "try again" in response.json()["error"]
            assert response.headers["retry-after"] == "1"

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) == {200, 503}
    assert codes.count(200) >= 2


@pytest.mark.slow
def test_the_memory_of_large_requests_is_given_back(start: Start) -> None:
    process, url = start()
    resident = psutil.Process(process.pid).memory_info
    large, small = body(picture(6, side=5500)), body(picture(6))

    def ask(content: dict[str, object]) -> None:
        response = httpx.post(f"{url}/v1/models/digits:predict", json=content, timeout=120)
        assert response.json()["predictions"][0]["digit"] == 6

    ask(small)
    before = resident().rss
    for _ in range(2):
        ask(large)
    # Its pixels as floats are 121 MB; libraries that are used for the first time take a little.
    assert resident().rss - before < 60 << 20

    def refused(_: int) -> int:
        return httpx.post(f"{url}/v1/models/digits:predict", content=no_picture).status_code

    no_picture = b'{"instances": [{"b64": "%b"}]}' % (b"A" * (15 << 20))
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(refused, range(64))) == {400}
    assert resident().rss - before < 100 << 20


@pytest.mark.parametrize("scheme", ["http", "grpc"])
def test_a_bomb_is_refused_over_the_wire(scheme: str, server: Addresses) -> None:
    url = server.rest if scheme == "http" else f"grpc://{server.grpc}"
    with connect(url) as client, pytest.raises(UserError, match="picture 0 is 40000 x 40000"):
        client.predict([bomb(40_000)])


@pytest.mark.parametrize("scheme", ["http", "grpc"])
def test_known_pictures_are_read(scheme: str, server: Addresses) -> None:
    url = server.rest if scheme == "http" else f"grpc://{server.grpc}"
    with connect(url) as client:
        digits = [p.digit for p in client.predict([picture(d) for d in range(10)])]
        assert digits == list(range(10))
        assert client.predict([picture(1)], version=2)[0].box[2] == pytest.approx(1 / 2)


@pytest.mark.parametrize("scheme", ["http", "grpc"])
def test_a_broken_picture_is_refused_in_the_words_of_its_decoder(
    scheme: str, server: Addresses
) -> None:
    url = server.rest if scheme == "http" else f"grpc://{server.grpc}"
    with connect(url) as client, pytest.raises(UserError, match="refuses: Invalid PNG data"):
        client.predict([picture(1)[:50]])


def test_tiny_pictures_without_end_are_refused(server: Addresses) -> None:
    with connect(server.rest) as client, pytest.raises(UserError, match="has 1001 pictures"):
        client.predict([picture(1, side=1)] * 1001)


def test_bodies_that_arrive_at_once_are_bounded(saved: Path) -> None:
    options = ServerOptions(
        model_base_path=saved, port=0, rest_api_port=0, max_request_bytes=10_000
    )
    head = (
        b"POST /v1/models/digits:predict HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Length: 9000\r\n\r\n"
    )
    with running(options) as addresses, contextlib.ExitStack() as waiting:
        host, port = addresses.rest.removeprefix("http://").split(":")
        small = {"json": body(picture(6)), "timeout": 60}
        for _ in range(18):
            connection = waiting.enter_context(socket.create_connection((host, int(port))))
            connection.sendall(head + bytes(8900))
        connection.settimeout(60)
        answer = b""
        while b"}" not in answer:
            answer += connection.recv(1000)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"too many large requests" in answer
        waiting.close()
        for _ in range(100):
            response = httpx.post(f"{addresses.rest}/v1/models/digits:predict", **small)
            if response.status_code == 200:
                break
            time.sleep(0.1)
        assert response.status_code == 200


def test_a_request_that_says_it_is_too_large_need_not_be_sent(server: Addresses) -> None:
    with raw(server) as connection:
        connection.sendall(
            b"POST /v1/models/digits:predict HTTP/1.1\r\nHost: localhost\r\n"
            b"Expect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n"
        )
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_request_of_two_lengths_is_the_last_of_its_connection(server: Addresses) -> None:
    with raw(server) as connection:
        connection.sendall(
            b"POST /v1/models/digits:predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            b"GET /v1/models/digits HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer.lower()


def raw(server: Addresses) -> socket.socket:
    """A connection to REST."""
    host, port = server.rest.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def test_a_message_that_is_no_protobuf_is_not_logged(
    server: Addresses, caplog: pytest.LogCaptureFixture
) -> None:
    with grpc.insecure_channel(server.grpc) as channel:
        predict = channel.unary_unary("/tensorflow.serving.PredictionService/Predict")
        with pytest.raises(grpc.RpcError) as caught:
            predict(b"\xff" * 20, timeout=60)
    assert caught.value.code() == grpc.StatusCode.INTERNAL
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("count", "error"),
    [
        (5000, "has 5000 pictures; send 1 to 1000"),
        (300_000, "has 300000 pictures; send 1 to 1000"),
    ],
)
def test_lists_of_nothing_are_counted_before_they_are_arrays(
    server: Addresses, count: int, error: str
) -> None:
    url = f"{server.rest}/v1/models/digits:predict"
    content = '{"signature_name": "serving_tensor", "inputs": [' + ",".join(["[]"] * count) + "]}"
    response = httpx.post(url, content=content, timeout=60)
    assert response.status_code == 400
    assert error in response.json()["error"]


def test_as_many_canvases_as_are_allowed_are_answered_over_rest(server: Addresses) -> None:
    canvas = np.full([SIDE, SIDE, 1], 0.65, np.float32).tolist()
    content = {"signature_name": "serving_tensor", "inputs": [canvas] * 1000}
    body = json.dumps(content, indent=2)
    assert len(body) > 1 << 20
    response = httpx.post(f"{server.rest}/v1/models/digits:predict", content=body, timeout=60)
    assert response.json()["outputs"]["digit"] == [6] * 1000


@pytest.mark.slow
def test_the_ports_open_when_there_is_an_answer(base: Path) -> None:
    with contextlib.ExitStack() as held:
        free = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        ports = [taken.getsockname()[1] for taken in free]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "serving", f"--model_base_path={base}"),
            *(f"--port={ports[0]}", f"--rest_api_port={ports[1]}"),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert f"the newest versions under {base} are loaded first" in process.stderr.readline()
        refused = 0
        for _ in range(3000):
            try:
                response = httpx.get(f"http://127.0.0.1:{ports[1]}/v1/models/digits", timeout=60)
                break
            except httpx.ConnectError:
                refused += 1
                time.sleep(0.02)
        assert refused
        assert response.json()["model_version_status"][0]["state"] == "AVAILABLE"
    finally:
        process.kill()
        process.communicate()


def test_a_request_that_is_too_large_is_413(server: Addresses) -> None:
    response = httpx.post(f"{server.rest}/v1/models/digits:predict", content=bytes(17 << 20))
    assert response.status_code == 413
    assert "16777216 bytes" in response.json()["error"]


def test_lists_nested_without_end_are_a_bad_request(server: Addresses) -> None:
    content = '{"instances": ' + "[" * 200_000
    response = httpx.post(f"{server.rest}/v1/models/digits:predict", content=content)
    assert response.status_code == 400


def test_what_cannot_be_written_back_is_a_bad_request(server: Addresses) -> None:
    content = b'{"signature_name": "\\ud800", "instances": ["a"]}'
    response = httpx.post(f"{server.rest}/v1/models/digits:predict", content=content)
    assert response.status_code == 400
    assert r"\ud800" in response.json()["error"]


def test_a_path_that_is_none_is_a_malformed_request(server: Addresses) -> None:
    response = httpx.get(f"{server.rest}/v1/models/digits:predict")
    assert response.status_code == 400
    assert response.json()["error"] == "Malformed request: GET /v1/models/digits:predict"


def test_a_version_of_thousands_of_digits_is_refused(server: Addresses) -> None:
    response = httpx.get(f"{server.rest}/v1/models/digits/versions/{'9' * 5000}")
    assert response.status_code == 400
    assert response.json()["error"] == f"Failed to convert version: {'9' * 100} to numeric."


@pytest.mark.parametrize(
    ("content", "encoding", "code", "error"),
    [
        (gzip.compress(bytes(100 << 20), mtime=0), "gzip", 413, "larger than 16777216 bytes"),
        (b"{}", "gzip", 400, "the body is not gzip"),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", 400, "it is cut off"),
        (b"{}", "br", 400, "Content-Encoding br is not supported"),
    ],
)
def test_a_body_that_cannot_be_inflated_is_refused(
    server: Addresses, content: bytes, encoding: str, code: int, error: str
) -> None:
    url = f"{server.rest}/v1/models/digits:predict"
    headers = {"Content-Encoding": encoding}
    response = httpx.post(url, content=content, headers=headers, timeout=60)
    assert response.status_code == code
    assert error in response.json()["error"]


def test_a_page_elsewhere_may_post_json_if_it_is_allowed(saved: Path) -> None:
    options = ServerOptions(
        model_base_path=saved, port=0, rest_api_port=0, rest_api_enable_cors_support=True
    )
    asked = {
        "Origin": "http://elsewhere",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    with running(options) as addresses:
        response = httpx.options(f"{addresses.rest}/v1/models/digits:predict", headers=asked)
    assert response.status_code == 200
    assert "POST" in response.headers["access-control-allow-methods"]


@pytest.mark.parametrize(
    "before", [b"", b"GET /v1/models/digits HTTP/1.1\r\nHost: localhost\r\n\r\n"]
)
def test_a_head_that_does_not_come_to_an_end_is_not_waited_for(
    saved: Path, monkeypatch: pytest.MonkeyPatch, before: bytes
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_S", 0.3)
    with running(ServerOptions(model_base_path=saved, port=0, rest_api_port=0)) as addresses:
        host, port = addresses.rest.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            if before:
                connection.sendall(before)
                assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
            for step in range(600):
                try:
                    connection.sendall(b"POST / HTTP/1.1\r\nX: " if not step else b"a")
                except OSError:
                    break
                time.sleep(0.1)
            else:
                pytest.fail("the connection is still open")
        assert httpx.get(addresses.rest).status_code == 200


def test_connections_are_bounded(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "MAX_CONNECTIONS", 3)
    with (
        running(ServerOptions(model_base_path=saved, port=0, rest_api_port=0)) as addresses,
        contextlib.ExitStack() as waiting,
    ):
        host, port = addresses.rest.removeprefix("http://").split(":")
        connections = [
            waiting.enter_context(socket.create_connection((host, int(port)), timeout=60))
            for _ in range(4)
        ]
        assert connections[-1].recv(1) == b""
        waiting.close()
        assert httpx.get(addresses.rest, timeout=60).status_code == 200


@pytest.mark.parametrize("flag", ["--port", "--rest_api_port"])
def test_a_port_that_is_taken_is_named_before_anything_is_loaded(
    flag: str, server: Addresses, base: Path
) -> None:
    address = server.grpc if flag == "--port" else server.rest
    other = "--rest_api_port" if flag == "--port" else "--port"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "serving", f"--model_base_path={base}"),
            *(f"{other}=0", f"{flag}={address.rpartition(':')[2]}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"name another {flag} or --host" in done.stderr
    assert "loading version" not in done.stderr


def test_an_ipv6_address_is_written_as_one() -> None:
    options = ServerOptions(model_base_path=Path("any"), host="::1")
    assert options.address(8501) == "[::1]:8501"


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--model_base_path=/no/such"], "/no/such is no folder of versions"),
        (["--model_base_path=BASE/1"], "is a version; name the folder that it is in"),
        (["--model_base_path=BASE", "--host=nowhere.invalid"], "name another --rest_api_port"),
    ],
)
def test_a_mistake_gets_one_sentence(flags: list[str], sentence: str, base: Path) -> None:
    flags = [flag.replace("BASE", str(base)) for flag in flags]
    done = subprocess.run(
        [sys.executable, "-m", "serving", *flags], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    *started, last = done.stderr.splitlines()
    assert sentence in last
    assert all("are loaded first" in line for line in started)


@pytest.mark.parametrize("url", ["127.0.0.1:8501", "ftp://there", "grpc://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UserError, match="not the address of a server"), connect(url):
        pass


def test_a_dead_server_is_named() -> None:
    with (
        connect("http://127.0.0.1:9") as client,
        pytest.raises(UserError, match="cannot be reached"),
    ):
        client.predict([picture(1)])
