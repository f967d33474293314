"""The server: one model over gRPC and REST.

with running(ServerOptions(model_base_path=Path("workspace/serving/digits"))) as server:
    ...

It is for laptops, tests and InfraValidator. Connections, bytes, pixels and time are limited, and
its hardening ends there: what faces the internet is TensorFlow Serving's own container
(serving/compose.yaml).
"""

import contextlib
import ctypes
import logging
import resource
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import uvicorn

from serving.grpc_server import GrpcServer
from serving.http_protocol import BACKLOG, BoundedProtocol
from serving.options import ServerOptions
from serving.rest import build_app
from serving.service import Service
from vocabulary.errors import UserError

GRACE_S: Final = 30
"""How long the server finishes requests in flight after SIGTERM."""

_M_ARENA_MAX: Final = -8
"""`M_ARENA_MAX` of malloc.h."""


@dataclass(frozen=True)
class Addresses:
    """Where the server listens."""

    grpc: str
    rest: str


@contextlib.contextmanager
def running(options: ServerOptions) -> Iterator[Addresses]:
    """Runs a server within the context, and finishes requests in flight at its end.

    The ports open when the versions are loaded; until then connections are refused, so that no
    client waits.

    Raises UserError if a port is taken.
    """
    service = Service(options)
    # Checks that the ports are free before versions are loaded.
    with _bound(options, "rest_api_port") as bound:
        with _bound(options, "port"):
            pass
        service.manager.start()
        try:
            if not service.manager.serving:
                logging.warning(
                    "no version under %s can be served yet; waiting for one",
                    options.model_base_path,
                )
            with _listening(service, bound) as addresses:
                yield addresses
        finally:
            service.manager.stop()


@contextlib.contextmanager
def _listening(service: Service, bound: socket.socket) -> Iterator[Addresses]:
    options = service.options
    grpc_server = GrpcServer(service)
    config = uvicorn.Config(
        build_app(service),
        log_config=None,
        access_log=False,
        lifespan="off",
        http=BoundedProtocol,
        backlog=BACKLOG,
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
    )
    rest_server = uvicorn.Server(config)
    # In a thread, uvicorn leaves signals to us.
    rest = threading.Thread(target=rest_server.run, args=([bound],), name="rest")
    with _named(options, "rest_api_port"):
        bound.listen(BACKLOG)
    grpc_server.start()
    rest.start()
    try:
        port = bound.getsockname()[1]
        yield Addresses(
            grpc=options.address(grpc_server.port), rest=f"http://{options.address(port)}"
        )
    finally:
        rest_server.should_exit = True
        grpc_server.stop(grace_s=GRACE_S)
        rest.join()


@contextlib.contextmanager
def _bound(
    options: ServerOptions, flag: Literal["port", "rest_api_port"]
) -> Iterator[socket.socket]:
    """A socket bound to the port of a flag, which does not listen yet."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # asyncio turns Nagle's delay of 40 ms off only for sockets created with this protocol number.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with _named(options, flag):
            bound.bind((options.host, getattr(options, flag)))
        yield bound


@contextlib.contextmanager
def _named(options: ServerOptions, flag: Literal["port", "rest_api_port"]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        protocol = "REST" if flag == "rest_api_port" else "gRPC"
        raise UserError(
            f"{protocol} cannot listen on {options.address(getattr(options, flag))}: "
            f"{error.strerror}; name another --{flag} or --host"
        ) from error


def share_arenas() -> None:
    """Makes all threads share two memory arenas of glibc.

    By default each thread gets its own, and memory freed in one cannot be used by the others.
    """
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def allow_many_files() -> None:
    """Raises the limit of open files to its maximum; each connection needs one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def wait_for_signal() -> None:
    """Blocks until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
