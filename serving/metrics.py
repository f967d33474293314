"""Prometheus metrics with TensorFlow Serving's names, at TensorFlow Serving's path."""

import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client import disable_created_metrics as _disable_created_metrics

PATH: Final = "/monitoring/prometheus/metrics"
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_LATENCY_US: Final = [10 * 1.8**n for n in range(33)]
"""TensorFlow Serving's latency buckets: 10 microseconds, and each 1.8 times the previous one."""


class Metrics:
    """The metrics of one server."""

    def __init__(self, model_name: str):
        _disable_created_metrics()
        self._model_name = model_name
        self._registry = CollectorRegistry()
        self._requests = Counter(
            ":tensorflow:serving:request_count",
            "The total number of requests.",
            ["model_name", "status"],
            registry=self._registry,
        )
        self._latency = Histogram(
            ":tensorflow:serving:request_latency",
            "Distribution of wall time (in microseconds) for each request.",
            ["model_name", "API", "entrypoint"],
            buckets=_LATENCY_US,
            registry=self._registry,
        )
        self._loads = Counter(
            ":tensorflow:cc:saved_model:load_attempt_count",
            "The number of times a SavedModel was loaded.",
            ["model_path", "status"],
            registry=self._registry,
        )
        self._versions = Gauge(
            ":digits:serving:version_loaded",
            "1 for each version that is loaded.",
            ["model_name", "version"],
            registry=self._registry,
        )

    def request(self, *, entrypoint: str, status: str, began: float) -> None:
        """Counts a Predict request and its latency; `began` is of `time.perf_counter`."""
        self._requests.labels(self._model_name, status).inc()
        latency = (time.perf_counter() - began) * 1e6
        self._latency.labels(self._model_name, "Predict", entrypoint).observe(latency)

    def loading(self, path: str, *, success: bool) -> None:
        """Counts an attempt to load a version from a path."""
        self._loads.labels(path, "success" if success else "fail").inc()

    def serves(self, version: int, *, loaded: bool) -> None:
        """Records that a version was loaded or unloaded."""
        if loaded:
            self._versions.labels(self._model_name, version).set(1)
        else:
            self._versions.remove(self._model_name, str(version))

    def page(self) -> bytes:
        """All metrics in Prometheus' text format."""
        # The library adds `_total`, which TensorFlow Serving's counters do not have.
        return generate_latest(self._registry).replace(b"_count_total", b"_count")
