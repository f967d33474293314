"""What every HTTP request must pass before the application sees it.

A page from elsewhere whose name is made to point to this machine ("DNS rebinding") would be allowed
by the browser to ask a server that only this machine should reach; its `Host` gives it away.
"""

import ipaddress
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class HttpGuard:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, *, host: str):
        """Wraps an application.

        Args:
            app: gets what passes.
            host: that the server listens on; one of this machine alone answers to its names alone.
        """
        self._app = app
        self._names = _LOCAL | {host.lower()} if _is_local(host) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses a wrong `Host`, and lets a connection end whose requests have two lengths."""
        headers = dict(scope["headers"])
        host = headers.get(b"host")
        if self._names and host is not None and not self._knows(_name(host.decode("latin-1"))):
            message = (
                "this server is for this machine alone, as localhost; with --host 0.0.0.0 it "
                "answers to other names"
            )
            await JSONResponse({"error": message}, status_code=403)(scope, receive, send)
            return

        async def close(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        # Who is before us may take the other length, and so another request for the next one.
        two = b"content-length" in headers and b"transfer-encoding" in headers
        await self._app(scope, receive, close if two else send)

    def _knows(self, name: str) -> bool:
        return self._names is None or name in self._names or name.endswith(".localhost")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _name(host: str) -> str:
    """Of a `Host`, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()
