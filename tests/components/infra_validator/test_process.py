"""The server that InfraValidator starts ends with it, however it ends."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.serving.known_model import save_known

PARENT = """
import sys, time
from components.infra_validator.process import serving_process
with serving_process(sys.argv[1], model_name="digits", patience_s=120):
    print("serving", flush=True)
    time.sleep(600)
"""
PATIENCE_S = 60


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_server_ends_when_its_parent_alone_is_killed(
    number: signal.Signals, tmp_path: Path
) -> None:
    save_known(tmp_path / "digits" / "1", 1)
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "digits" / "1")],
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        try:
            assert parent.stdout is not None
            assert parent.stdout.readline() == "serving\n"
            (server,) = psutil.Process(parent.pid).children()
            parent.send_signal(number)
            _, alive = psutil.wait_procs([server], timeout=PATIENCE_S)
            assert not alive
        finally:
            parent.kill()


@pytest.mark.slow
def test_server_that_nobody_told_outlives_its_parent(tmp_path: Path) -> None:
    """As one that a shell has started with `&`."""
    save_known(tmp_path / "digits" / "1", 1)
    flags = f"--model_base_path={tmp_path}/digits --port=0 --rest_api_port=0 --json"
    script = f"{sys.executable} -m serving {flags} & echo $!; sleep 600"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout is not None
        server = psutil.Process(int(shell.stdout.readline()))
        try:
            assert "grpc" in shell.stdout.readline()
            shell.kill()
            with pytest.raises(psutil.TimeoutExpired):
                server.wait(3)
        finally:
            for process in [*psutil.Process(shell.pid).children(recursive=True), server]:
                process.kill()
