"""The body of a REST request, with a limit on its size as sent and as decompressed."""

import zlib
from collections.abc import Mapping
from typing import Final

import grpc

from serving.errors import ServingError, invalid

_GZIP: Final = 16 + zlib.MAX_WBITS


class Body:
    """The part of a body that has arrived."""

    def __init__(self, *, encoding: str, limit: int):
        """An empty body of at most `limit` bytes, as sent and as decompressed.

        Raises:
            ServingError: if its `Content-Encoding` is not gzip, as in TensorFlow Serving, or none.
        """
        self.content = bytearray()
        self.limit = limit
        self._gzip = "gzip" in encoding.lower()
        if not self._gzip and encoding.lower() not in ("", "identity"):
            raise invalid(f"Content-Encoding {encoding:.50} is not supported; send gzip, or none")

    @property
    def max_size(self) -> int:
        """The most bytes that it may decompress to."""
        return self.limit if self._gzip else len(self.content)

    def expect(self, headers: Mapping[str, str]) -> None:
        """Checks `Content-Length`, so that a body that is too large need not be sent.

        Raises ServingError if it is too large.
        """
        length = headers.get("content-length", "0")
        if "transfer-encoding" not in headers and int(length) > self.limit:
            raise self._too_large()

    def add(self, part: bytes) -> None:
        """Appends a part that has arrived; raises ServingError if the body is too large now."""
        self.content += part
        if len(self.content) > self.limit:
            raise self._too_large()

    def plain(self) -> bytearray:
        """The decompressed body; raises ServingError if it is not gzip, or too large."""
        if not self._gzip:
            return self.content
        inflater = zlib.decompressobj(_GZIP)
        try:
            text = bytearray(inflater.decompress(self.content, self.limit + 1))
        except zlib.error as error:
            raise invalid(f"the body is not gzip: {error}") from error
        if len(text) > self.limit:
            raise self._too_large()
        if not inflater.eof:
            raise invalid("the body is not gzip: it is cut off")
        return text

    def _too_large(self) -> ServingError:
        return ServingError(
            grpc.StatusCode.RESOURCE_EXHAUSTED, f"the request is larger than {self.limit} bytes"
        )
