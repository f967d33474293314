"""Handles SIGTERM, which `kill` and service managers send, as Ctrl-C is handled."""

import signal
from typing import NoReturn

from vocabulary.parent import end_children


def take_signals() -> None:
    """From now on both end the processes that this one has started, then raise KeyboardInterrupt.

    In this order: Beam waits until its workers have ended, and they wait for Beam. SIGINT stays
    ignored where it is ignored, as in a process that a script has started with `&`.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number: int, frame: object) -> NoReturn:
    end_children()
    raise KeyboardInterrupt
