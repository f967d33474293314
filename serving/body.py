"""The body of a REST request: bounded as it arrives and, where it is gzip, as it is inflated."""

import zlib
from collections.abc import Mapping
from typing import Final

import grpc

from serving.errors import ServingError, invalid

_GZIP: Final = 16 + zlib.MAX_WBITS


class Body:
    """What has arrived."""

    def __init__(self, *, encoding: str, limit: int):
        """An empty body.

        Args:
            encoding: the header `Content-Encoding`; TensorFlow Serving knows gzip.
            limit: the most bytes, as sent and as inflated.

        Raises:
            ServingError: if it is encoded in another way.
        """
        self.content = bytearray()
        self.limit = limit
        self._gzip = "gzip" in encoding.lower()
        if not self._gzip and encoding.lower() not in ("", "identity"):
            raise invalid(f"Content-Encoding {encoding:.50} is not supported; send gzip, or none")

    @property
    def most_bytes(self) -> int:
        """How many bytes it can turn out to have."""
        return self.limit if self._gzip else len(self.content)

    def expect(self, headers: Mapping[str, str]) -> None:
        """Reads how long it says that it is, so that what is too long need not be sent.

        Raises:
            ServingError: if it is.
        """
        length = headers.get("content-length", "0")
        if "transfer-encoding" not in headers and int(length) > self.limit:
            raise self._too_large()

    def add(self, part: bytes) -> None:
        """Takes what has arrived.

        Raises:
            ServingError: if it has become too large.
        """
        self.content += part
        if len(self.content) > self.limit:
            raise self._too_large()

    def plain(self) -> bytearray:
        """The text.

        Raises:
            ServingError: if it is no gzip that inflates to what is allowed.
        """
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
