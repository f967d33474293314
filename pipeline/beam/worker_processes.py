"""Makes Beam's worker processes on this machine import the plugin, and end when the run ends."""

import os
from pathlib import Path
from typing import Final

from vocabulary.parent import for_children

OPTIONS: Final = Path(__file__).with_name("worker_options.json")


def prepare_worker_processes() -> None:
    """Sets both in the environment, which workers inherit.

    FnApiRunner passes none of Beam's options on to the processes that it starts, and
    `--beam_plugins` would be lost; but workers read the options file that this variable names.
    """
    os.environ.update(for_children(), PIPELINE_OPTIONS_FILE=str(OPTIONS))
