"""uvicorn's HTTP with limits on the number of connections and on the time for a request's head.

Without them a client that sends a byte now and then can hold as many connections as the process may
have files open. Then asyncio cannot accept any more, and logs that a thousand times a second.
"""

import asyncio
import resource
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S: Final = 10.0
"""How long the request line and the headers may take to arrive."""

MAX_CONNECTIONS: Final = min(1000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
"""The most open connections; the other file descriptors are for gRPC and for loading models."""

BACKLOG: Final = 128
"""How many connections asyncio accepts at a time, before it counts the first of them."""


class BoundedProtocol(H11Protocol):
    """Closes connections beyond the limit, and those whose request does not arrive in time."""

    _timeout: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Starts the time limit for the first request."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.close()
        self._start_timeout()

    def data_received(self, data: bytes) -> None:
        """Starts the time limit for the next request, or ends it when a head is complete."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._start_timeout()
        else:
            self._end_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the time limit."""
        self._end_timeout()
        super().connection_lost(exc)

    def _start_timeout(self) -> None:
        if self._timeout is None:
            self._timeout = self.loop.call_later(HEAD_S, self.timeout_keep_alive_handler)

    def _end_timeout(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None
