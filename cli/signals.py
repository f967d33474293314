"""Takes SIGTERM, which `kill` and service managers send, as Ctrl-C is taken."""

import signal
from typing import NoReturn

from vocabulary.parent import end_children


def take_signals() -> None:
    """From now on both end what this process has started, then raise KeyboardInterrupt.

    In this order: Beam waits for its workers to come to an end, and they for what Beam has to say.
    SIGINT stays ignored where it is, as in what a script has started with `&`.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(number: int, frame: object) -> NoReturn:
    end_children()
    raise KeyboardInterrupt
