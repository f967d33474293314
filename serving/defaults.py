"""The defaults of `digits serve`, for its flags and for servers that are started from Python.

It stands alone, so that `digits --help` imports nothing heavy.
"""

from typing import Final

HOST: Final = "127.0.0.1"
PORT: Final = 8500
REST_API_PORT: Final = 8501
REST_API_TIMEOUT_IN_MS: Final = 30_000
FILE_SYSTEM_POLL_WAIT_SECONDS: Final = 1.0
ENABLE_MODEL_WARMUP: Final = True
REST_API_ENABLE_CORS_SUPPORT: Final = False
MAX_REQUEST_BYTES: Final = 16 << 20
MAX_REQUEST_PICTURES: Final = 1000
MAX_REQUEST_PIXELS: Final = 32_000_000
MAX_RUNNING: Final = 4
MAX_QUEUED: Final = 64
