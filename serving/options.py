"""The server's options, named as the flags of `tensorflow_model_server`."""

from pathlib import Path

from pydantic import Field

from serving import defaults
from serving.batching_parameters import BatchingParameters
from vocabulary.options import Options
from vocabulary.pushed import SERVED_VERSIONS
from vocabulary.signatures import MODEL_NAME


class ServerOptions(Options):
    """The flags of `digits serve`."""

    model_base_path: Path
    """The folder of versions."""
    model_name: str = MODEL_NAME
    host: str = defaults.HOST
    port: int = Field(default=defaults.PORT, ge=0, le=65535)
    """For gRPC; 0 for any free port."""
    rest_api_port: int = Field(default=defaults.REST_API_PORT, ge=0, le=65535)
    """0 for any free port."""
    rest_api_timeout_in_ms: int = Field(default=defaults.REST_API_TIMEOUT_IN_MS, ge=1)
    """How long a request may take, over REST or over gRPC without a deadline."""
    file_system_poll_wait_seconds: float = Field(
        default=defaults.FILE_SYSTEM_POLL_WAIT_SECONDS, gt=0
    )
    """The time between two looks at the folder of versions."""
    enable_model_warmup: bool = defaults.ENABLE_MODEL_WARMUP
    rest_api_enable_cors_support: bool = defaults.REST_API_ENABLE_CORS_SUPPORT
    num_versions: int = Field(default=SERVED_VERSIONS, ge=1)
    """How many of the newest versions are served, as `latest { num_versions }` of a model config
    file says."""
    max_request_bytes: int = Field(default=defaults.MAX_REQUEST_BYTES, ge=1)
    max_request_pictures: int = Field(default=defaults.MAX_REQUEST_PICTURES, ge=1)
    """A thousand tiny pictures are small to send, but still a thousand canvases to the model."""
    max_request_pixels: int = Field(default=defaults.MAX_REQUEST_PIXELS, ge=1)
    """The most pixels of all pictures in a request, and of all requests that run at once, as the
    headers of the pictures declare them."""
    max_running: int = Field(default=defaults.MAX_RUNNING, ge=1)
    """How many calls of the model may run at once besides batches, and how many requests of
    `max_request_bytes`."""
    max_queued: int = Field(default=defaults.MAX_QUEUED, ge=0)
    """How many requests may wait, besides `max_running`; further ones are rejected."""
    batching: BatchingParameters | None = BatchingParameters()
    """How waiting requests share batches; None to run each alone."""

    def address(self, port: int) -> str:
        """The host with a port, as written in a URL."""
        return f"[{self.host}]:{port}" if ":" in self.host else f"{self.host}:{port}"
