"""Bounds how many requests are worked on and how many wait, and the memory that they share."""

import contextlib
import threading
import time
from collections.abc import Iterator

import grpc

from serving.errors import ServingError


class Admission:
    """Counts the requests that are here; more than there is room for are refused at once."""

    def __init__(self, capacity: int):
        self.capacity = capacity
        self._admitted = threading.BoundedSemaphore(capacity)

    @contextlib.contextmanager
    def admitted(self) -> Iterator[None]:
        """A place among those that are worked on or wait.

        Raises:
            ServingError: if all are taken.
        """
        if not self._admitted.acquire(blocking=False):
            raise ServingError(
                grpc.StatusCode.UNAVAILABLE,
                f"{self.capacity} requests are being worked on or wait already; try again",
            )
        try:
            yield
        finally:
            self._admitted.release()


class Budget:
    """An amount that the requests share: bytes, pixels, or calls of a model.

    What does not fit waits, and what fits goes past it: a picture of the largest size keeps nobody
    waiting who sends small ones.
    """

    def __init__(self, amount: int):
        self.amount = amount
        self._left = amount
        self._freed = threading.Condition()

    @contextlib.contextmanager
    def share(self, amount: int, *, deadline: float) -> Iterator[None]:
        """A part of it, or all of it if more is asked for; waits until `time.monotonic` says so.

        Raises:
            ServingError: if it did not come free in time.
        """
        amount = min(amount, self.amount)
        with self._freed:
            patience = max(0.0, deadline - time.monotonic())
            if not self._freed.wait_for(lambda: amount <= self._left, patience):
                raise ServingError(
                    grpc.StatusCode.DEADLINE_EXCEEDED, "the request waited for too long; try again"
                )
            self._left -= amount
        try:
            yield
        finally:
            with self._freed:
                self._left += amount
                self._freed.notify_all()
