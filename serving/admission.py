"""Bounds how many requests are worked on and how many wait; more are refused at once."""

import contextlib
import threading
import time
from collections.abc import Iterator

import grpc

from serving.errors import ServingError


class Admission:
    """A queue of bounded length before a bounded number of places."""

    def __init__(self, *, max_running: int, max_queued: int):
        self.capacity = max_running + max_queued
        self._running = threading.BoundedSemaphore(max_running)
        self._admitted = threading.BoundedSemaphore(self.capacity)

    @contextlib.contextmanager
    def place(self, *, deadline: float) -> Iterator[None]:
        """Waits for a place, at most until `deadline` of `time.monotonic`, and holds it.

        Raises:
            ServingError: if the queue is full, or no place came free in time.
        """
        if not self._admitted.acquire(blocking=False):
            raise ServingError(
                grpc.StatusCode.UNAVAILABLE,
                f"{self.capacity} requests are being worked on or wait already; try again",
            )
        try:
            if not self._running.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise ServingError(
                    grpc.StatusCode.DEADLINE_EXCEEDED, "the request waited for too long; try again"
                )
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._admitted.release()
