"""Checks on every HTTP request before the application sees it.

In "DNS rebinding" a web page makes its own host name point to this machine, so that the browser
lets it send requests to a server that only this machine should reach. The `Host` header reveals it.
"""

import ipaddress
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class HttpGuard:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, *, host: str):
        """If the server listens on a loopback address, `Host` must name this machine."""
        self._app = app
        self._names = _LOCAL | {host.lower()} if _is_local(host) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rejects a foreign `Host`, and closes the connection of a request with two lengths."""
        headers = dict(scope["headers"])
        host = headers.get(b"host")
        name = _name(host.decode("latin-1")) if self._names and host is not None else "localhost"
        if name not in (self._names or _LOCAL) and not name.endswith(".localhost"):
            message = (
                "this server accepts requests to localhost only; start it with --host 0.0.0.0 to "
                "accept other host names"
            )
            await JSONResponse({"error": message}, status_code=403)(scope, receive, send)
            return

        async def close(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        # A proxy may go by the other length, and take a part of this body for the next request.
        two_lengths = b"content-length" in headers and b"transfer-encoding" in headers
        await self._app(scope, receive, close if two_lengths else send)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _name(host: str) -> str:
    """The name in a `Host` header, without the port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].rstrip(".").lower()
