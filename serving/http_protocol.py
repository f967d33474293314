"""HTTP as uvicorn speaks it, with bounds on connections and on how long a head may take.

Otherwise whoever sends a byte now and then holds as many connections as a process may have files
open; then asyncio cannot accept any more, and writes that into the log a thousand times a second.
"""

import asyncio
import resource
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S: Final = 10.0
"""How long the head of a request may take to arrive."""

MAX_CONNECTIONS: Final = min(1000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
"""At once; the rest of the files is for gRPC and for loading models."""

BACKLOG: Final = 128
"""Connections that asyncio accepts at a time, before the first of them is counted."""


class PatientProtocol(H11Protocol):
    """Closes a connection that is one too many, or whose request does not arrive."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Waits for a first request."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.close()
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Waits for the rest of a head, if one has begun."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_head()
        else:
            self._head_is_here()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        self._head_is_here()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(HEAD_S, self.timeout_keep_alive_handler)

    def _head_is_here(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
