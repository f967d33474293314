"""Our server in a process of its own, for as long as it takes to ask it."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from absl import logging
from tfx.components.infra_validator.model_server_clients.tensorflow_serving_client import (
    TensorFlowServingClient,
)

# By name: the server stands above the components, which import nothing of it.
_SERVER: Final = (sys.executable, "-m", "serving", "--port=0", "--rest_api_port=0", "--json")
_REFUSED: Final = "cannot be served: "
_STOP_S: Final = 30.0


@contextlib.contextmanager
def serving_process(model_path: str, *, model_name: str, patience_s: float) -> Iterator[str]:
    """Starts the server, waits until the model is loaded, and gives the address of its gRPC.

    Args:
        model_path: the version folder of a SavedModel, alone in its parent.
        model_name: what it is served as.
        patience_s: how long all of that may take.

    Raises:
        ValueError: with a sentence, if the model was not loaded in time.
    """
    deadline = time.time() + patience_s
    base = Path(model_path).parent
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*_SERVER, f"--model_base_path={base}", f"--model_name={model_name}"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
        )
        try:
            address = _address(process, out, deadline)
            client = TensorFlowServingClient(address, model_name)
            client.WaitUntilModelLoaded(deadline=deadline, polling_interval_sec=1)
            yield address
        except Exception as error:
            text = _read(log)
            logging.error("The server said:\n%s", text)
            refused = [line for line in text.splitlines() if _REFUSED in line]
            if refused:
                reason = refused[-1].partition(_REFUSED)[2]
                raise ValueError(f"the model cannot be loaded: {reason}") from error
            raise
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_S)
            process.kill()
            process.wait()


def _address(process: "subprocess.Popen[bytes]", out: IO[str], deadline: float) -> str:
    """What the server prints when it is ready to be asked."""
    while not (line := _read(out)).endswith("\n"):
        if process.poll() is not None:
            raise ValueError(f"the server ended with {process.returncode} before it could be asked")
        if time.time() > deadline:
            raise ValueError("the server was not ready in time")
        time.sleep(0.1)
    return str(json.loads(line)["grpc"])


def _read(file: IO[str]) -> str:
    # The child writes at the offset that both share, so this must not move it: read by position.
    return os.pread(file.fileno(), 1 << 20, 0).decode(errors="replace")
