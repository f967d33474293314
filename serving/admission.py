"""Limits on the number of requests in the server, and on resources that they share."""

import contextlib
import threading
import time
from collections.abc import Iterator

import grpc

from serving.errors import ServingError


class Admission:
    """Limits the number of requests in the server; further ones are rejected at once."""

    def __init__(self, capacity: int):
        self.capacity = capacity
        self._admitted = threading.BoundedSemaphore(capacity)

    @contextlib.contextmanager
    def admitted(self) -> Iterator[None]:
        """Counts a request for as long as the context lasts.

        Raises ServingError if the server is full.
        """
        if not self._admitted.acquire(blocking=False):
            raise ServingError(
                grpc.StatusCode.UNAVAILABLE,
                f"the server is full: {self.capacity} requests are running or waiting; try again",
            )
        try:
            yield
        finally:
            self._admitted.release()


class Budget:
    """An amount that requests share: bytes, pixels, or calls of a model.

    A request waits until its share is free. Smaller ones may overtake it, so one with the largest
    pictures does not hold up the others.
    """

    def __init__(self, amount: int):
        self.amount = amount
        self._left = amount
        self._freed = threading.Condition()

    @contextlib.contextmanager
    def share(self, amount: int, *, deadline: float) -> Iterator[None]:
        """Reserves an amount within the context; all there is if the amount is larger.

        Raises ServingError if the amount is not free at the deadline, of `time.monotonic`.
        """
        amount = min(amount, self.amount)
        with self._freed:
            timeout = max(0.0, deadline - time.monotonic())
            if not self._freed.wait_for(lambda: amount <= self._left, timeout):
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
