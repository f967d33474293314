"""Standard output and error go to the log, whoever writes them; each case in its own process."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

WRITES = """
import logging, os, subprocess, sys
from pathlib import Path
from pipeline.run.log_file import logged_to

print("before")
try:
    with logged_to(Path(sys.argv[1]), verbose={verbose}) as (output, error):
        print("python out")
        print("python err", file=sys.stderr)
        os.write(1, b"native out\\n")
        os.write(2, b"native err\\n")
        subprocess.run(["echo", "child out"], check=True)
        logging.getLogger("some.library").info("a record")
        print("to the output", file=output, flush=True)
        print("to the terminal", file=error, flush=True)
        {then}
except KeyError:
    print("caught")
print("after out")
print("after err", file=sys.stderr)
"""
LOGGED = (
    "python out",
    "python err",
    "native out",
    "native err",
    "child out",
    "INFO some.library: a record",
)


class Said(NamedTuple):
    output: list[str]
    error: list[str]


def run(log: Path, *, verbose: bool = False, then: str = "pass") -> Said:
    done = subprocess.run(
        [sys.executable, "-c", WRITES.format(verbose=verbose, then=then), str(log)],
        capture_output=True,
        text=True,
        check=True,
    )
    return Said(done.stdout.splitlines(), done.stderr.splitlines())


def test_all_that_is_written_goes_to_the_file_and_only_there(tmp_path: Path) -> None:
    streams = run(tmp_path / "run.log")
    text = (tmp_path / "run.log").read_text()
    assert [line for line in LOGGED if line not in text] == []
    assert streams.output == ["before", "to the output", "after out"]
    assert streams.error == ["to the terminal", "after err"]


def test_streams_are_restored_after_an_exception(tmp_path: Path) -> None:
    streams = run(tmp_path / "run.log", then="raise KeyError")
    assert streams.output == ["before", "to the output", "caught", "after out"]
    assert streams.error == ["to the terminal", "after err"]


def test_verbose_shows_on_the_terminal_and_in_the_file(tmp_path: Path) -> None:
    streams = run(tmp_path / "run.log", verbose=True)
    text, shown = (tmp_path / "run.log").read_text(), "\n".join(streams.error)
    assert [line for line in LOGGED if line not in text or line not in shown] == []
    assert streams.output == ["before", "to the output", "after out"]
    assert streams.error[-1] == "after err"
    assert "to the terminal" in streams.error


def test_records_go_afterwards_where_they_went_before(tmp_path: Path) -> None:
    program = """
import io, logging, sys
from pathlib import Path
from pipeline.run.log_file import logged_to
logging.basicConfig(stream=sys.stdout, format="%(message)s")
sys.stderr = io.StringIO()
with logged_to(Path(sys.argv[1])):
    logging.warning("within")
sys.stderr.close()
logging.warning("after")
logging.info("an aside")
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "log")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("after\n", "")


def test_log_is_added_to(tmp_path: Path) -> None:
    (tmp_path / "run.log").write_text("what was there\n")
    run(tmp_path / "run.log")
    assert (tmp_path / "run.log").read_text().startswith("what was there\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_streams_are_restored_though_the_disk_is_full() -> None:
    program = """
import os
from pathlib import Path
from pipeline.run.log_file import logged_to
with logged_to(Path("/dev/full"), verbose=False) as (output, error):
    print("a library's words, still in the buffer")
    print("to the terminal", file=error, flush=True)
os.write(1, b"after\\n")
os._exit(0)
"""
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=buffered
    )
    assert (done.stdout, done.stderr) == ("after\n", "to the terminal\n")


ROOT = Path(__file__).parents[3]
READABLE = r"""
import logging, sys
from pathlib import Path
from pipeline.run.log_file import logged_to, readable

folder = Path(sys.argv[1])
with logged_to(folder / "debug.log", verbose=False), readable(folder / "run.log"):
    library = logging.getLogger("a.library")
    library.info("an aside")
    library.error("it broke\nwith: much more")
    file = str(Path("trainer/run.py").resolve())
    ours = library.makeRecord("root", 20, file, 1, "we\nsay", (), None)
    logging.getLogger().handle(ours)
"""


def test_what_is_to_be_read_stands_in_a_log_of_its_own(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", READABLE, str(tmp_path)], check=True, cwd=ROOT)
    lines = (tmp_path / "run.log").read_text().splitlines()
    assert [line[20:] for line in lines] == ["ERROR   it broke", "INFO    we", ""]
    assert lines[2:] == ["say"]
    everything = (tmp_path / "debug.log").read_text()
    assert all(words in everything for words in ("an aside", "with: much more", "say"))
