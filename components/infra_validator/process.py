"""Our server in a process of its own, for as long as it takes to ask it."""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from absl import logging
from tfx.components.infra_validator.error_types import DeadlineExceeded
from tfx.components.infra_validator.model_server_clients.tensorflow_serving_client import (
    TensorFlowServingClient,
)

from components.infra_validator.errors import ModelRefusedError, NotJudgedError
from vocabulary.parent import for_children

# By name: the server stands above the components, which import nothing of it.
_SERVER: Final = (sys.executable, "-m", "serving", "--port=0", "--rest_api_port=0", "--json")
_REFUSED: Final = "cannot be served: "
_POLL_S: Final = 0.1

_SHORTAGES: Final = (
    *map(
        os.strerror,
        (errno.EACCES, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC),
    ),
    "OOM when allocating",
    MemoryError.__name__,
)
"""Of the machine: what the server may say of a model for which the model can do nothing."""


@contextlib.contextmanager
def serving_process(model_path: str, *, model_name: str, patience_s: float) -> Iterator[str]:
    """Starts the server, waits until the model is loaded, and gives the address of its gRPC.

    The server ends with this process, even if this one is killed. The model lies in a version's
    folder on this machine, alone in its parent; all may take `patience_s`.

    Raises:
        ModelRefusedError: if the server says that it cannot load the model.
        NotJudgedError: if it does not start, is not ready in time, or ends.
    """
    deadline = time.time() + patience_s
    base = Path(model_path).parent
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as log:
        process = _start(base, model_name, out=out, log=log)
        try:
            address = _address(process, out, deadline)
            client = TensorFlowServingClient(address, model_name)
            client.WaitUntilModelLoaded(deadline=deadline, polling_interval_sec=_POLL_S)
            yield address
        except Exception as error:
            text = _read(log)
            logging.error("The server said:\n%s", text)
            _raise_refusal(text, error)
            with contextlib.suppress(subprocess.TimeoutExpired):  # the line breaks a little sooner
                process.wait(1)
            if process.poll() is not None:
                raise NotJudgedError(_how_it_ended(process.returncode, text)) from error
            if isinstance(error, DeadlineExceeded):
                raise NotJudgedError(f"the server was not ready in {patience_s:g} s") from error
            raise
        finally:
            process.kill()  # nobody waits for its answers any more
            process.wait()


def _start(base: Path, model_name: str, *, out: IO[str], log: IO[str]) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            [*_SERVER, f"--model_base_path={base}", f"--model_name={model_name}"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
            env={**os.environ, **for_children()},
        )
    except OSError as error:
        raise NotJudgedError(f"the server cannot be started: {error}") from error


def _address(process: "subprocess.Popen[bytes]", out: IO[str], deadline: float) -> str:
    """What the server prints when it is ready to be asked."""
    while not (line := _read(out)).endswith("\n"):
        if process.poll() is not None:
            raise NotJudgedError("the server ended before it could be asked")
        if time.time() > deadline:
            raise DeadlineExceeded("the server has not said where it listens")
        time.sleep(_POLL_S)
    return str(json.loads(line)["grpc"])


def _raise_refusal(text: str, error: Exception) -> None:
    """Raises what the server's log says of the model, if it says that it cannot be served."""
    refused = [line for line in text.splitlines() if _REFUSED in line]
    if not refused:
        return
    reason = f"the model cannot be loaded: {refused[-1].partition(_REFUSED)[2]}"
    if any(shortage in reason for shortage in _SHORTAGES):
        raise NotJudgedError(reason) from error
    raise ModelRefusedError(reason) from error


def _how_it_ended(code: int, text: str) -> str:
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
    last = text.strip().rpartition("\n")[2]
    return f"the server {how}; its last words: {last}" if last else f"the server {how}"


def _read(file: IO[str]) -> str:
    # The child writes at the offset that both share, so this must not move it: read by position.
    return os.pread(file.fileno(), 1 << 20, 0).decode(errors="replace")
