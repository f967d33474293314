"""Tells Beam's worker processes on this machine what to import first, and whom to end with."""

import os
from pathlib import Path
from typing import Final

from vocabulary.parent import for_children

OPTIONS: Final = Path(__file__).with_name("worker_options.json")


def prepare_worker_processes() -> None:
    """Leaves both in the environment, which workers inherit.

    FnApiRunner hands none of Beam's options to the processes that it starts, so that
    `--beam_plugins` on its own is lost on the way; a file that this variable names is read.
    """
    os.environ.update(for_children(), PIPELINE_OPTIONS_FILE=str(OPTIONS))
