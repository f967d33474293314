"""The server's options, named as the flags of `tensorflow_model_server`.

It stands alone, so that `digits --help` imports nothing heavy.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vocabulary.pushed import SERVED_VERSIONS
from vocabulary.signatures import MODEL_NAME

CORES: Final = len(os.sched_getaffinity(0))
"""How many batches TensorFlow Serving runs at once by default."""


@dataclass(frozen=True)
class BatchingParameters:
    """How waiting requests share batches; sizes count pictures.

    The defaults, used if there is no file, batch what is waiting anyway and never wait for more.
    """

    max_batch_size: int = 1 << 30
    """The most pictures in a request; other limits on requests are lower."""
    batch_timeout_micros: int = 0
    """How long the first request of a batch waits for others."""
    max_enqueued_batches: int = 128
    """How many full batches may wait; further requests are rejected."""
    num_batch_threads: int = CORES
    """How many batches run at once; each runs on one core."""
    allowed_batch_sizes: tuple[int, ...] = ()
    """Batches are padded to the next of these sizes; any size is allowed if empty."""
    enable_large_batch_splitting: bool = True
    """Whether a request may be larger than a batch; it is split into several then."""
    max_execution_batch_size: int = 16
    """The most pictures in a batch, if larger requests are split; larger ones save no time."""

    @property
    def batch_size(self) -> int:
        """The most pictures in a batch."""
        splitting = self.enable_large_batch_splitting
        return self.max_execution_batch_size if splitting else self.max_batch_size


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """The flags of `digits serve`, with their defaults."""

    model_base_path: Path
    """The folder of versions."""
    model_name: str = MODEL_NAME
    host: str = "127.0.0.1"
    port: int = 8500
    """For gRPC; 0 for any free port."""
    rest_api_port: int = 8501
    """0 for any free port."""
    rest_api_timeout_in_ms: int = 30_000
    """How long a request may take, over REST or over gRPC without a deadline."""
    file_system_poll_wait_seconds: float = 1.0
    """The time between two looks at the folder of versions."""
    enable_model_warmup: bool = True
    rest_api_enable_cors_support: bool = False
    num_versions: int = SERVED_VERSIONS
    """How many of the newest versions are served, as `latest { num_versions }` of a model config
    file says."""
    max_request_bytes: int = 16 << 20
    max_request_pictures: int = 1000
    """A thousand tiny pictures are small to send, but still a thousand canvases to the model."""
    max_request_pixels: int = 32_000_000
    """The most pixels of all pictures in a request, and of all requests that run at once, as the
    headers of the pictures declare them."""
    max_running: int = 4
    """How many calls of the model may run at once besides batches, and how many requests of
    `max_request_bytes`."""
    max_queued: int = 64
    """How many requests may wait, besides `max_running`; further ones are rejected."""
    collect: Path | None = None
    """Where drawings that people correct on the page are kept; None to keep none."""
    batching: BatchingParameters | None = BatchingParameters()
    """How waiting requests share batches; None to run each alone."""

    def address(self, port: int) -> str:
        """The host with a port, as written in a URL."""
        return f"[{self.host}]:{port}" if ":" in self.host else f"{self.host}:{port}"
