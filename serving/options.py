"""How the server is started; flags are named as `tensorflow_model_server` names them."""

from pathlib import Path

from pydantic import Field

from serving.batching_parameters import BatchingParameters
from vocabulary.options import Options


class ServerOptions(Options):
    """What `digits serve` was told."""

    model_base_path: Path
    """The folder of versions."""
    model_name: str = "digits"
    host: str = "127.0.0.1"
    port: int = Field(default=8500, ge=0, le=65535)
    """Of gRPC; 0 for any that is free."""
    rest_api_port: int = Field(default=8501, ge=0, le=65535)
    """0 for any that is free."""
    rest_api_timeout_in_ms: int = Field(default=30_000, ge=1)
    """How long a request may take, over REST or without a deadline over gRPC."""
    file_system_poll_wait_seconds: float = Field(default=1.0, gt=0)
    """Between two looks at the folder of versions."""
    enable_model_warmup: bool = True
    rest_api_enable_cors_support: bool = False
    num_versions: int = Field(default=2, ge=1)
    """The newest that are served, like `latest { num_versions }` of a model config file."""
    max_request_bytes: int = Field(default=16 << 20, ge=1)
    max_request_pictures: int = Field(default=1000, ge=1)
    """A thousand tiny ones are small to send, and still a thousand canvases to the model."""
    max_request_pixels: int = Field(default=32_000_000, ge=1)
    """All pictures of a request together, and of all requests that are worked on at once, as they
    say themselves before they are decoded."""
    max_running: int = Field(default=4, ge=1)
    """Calls of the models at once, beside batches; and so many requests of `max_request_bytes`."""
    max_queued: int = Field(default=64, ge=0)
    """Requests that wait, beyond `max_running`; more are refused."""
    batching: BatchingParameters | None = BatchingParameters()
    """How requests that wait are put together; None to answer each alone."""

    def address(self, port: int) -> str:
        """The host and this port, as they are written in an address."""
        return f"[{self.host}]:{port}" if ":" in self.host else f"{self.host}:{port}"
