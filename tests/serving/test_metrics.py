"""Metrics in Prometheus' text format, under the names of TensorFlow Serving."""

import time

from serving.metrics import Metrics


def samples(metrics: Metrics) -> dict[str, float]:
    """Values by name, of the one set of labels that each has in these tests."""
    lines = [line for line in metrics.page().decode().splitlines() if not line.startswith("#")]
    pairs = [(line.partition("{")[0], line.rpartition(" ")[2]) for line in lines]
    return {name: float(value) for name, value in pairs if not name.endswith("_bucket")}


def test_a_request_is_counted_with_how_long_it_took() -> None:
    metrics = Metrics("digits")
    began = time.perf_counter()
    metrics.request(entrypoint="REST", status="OK", began=began - 0.25)
    took = time.perf_counter() - began
    values = samples(metrics)
    assert values[":tensorflow:serving:request_latency_count"] == 1
    assert 250_000 <= values[":tensorflow:serving:request_latency_sum"] <= (0.25 + took) * 1e6
    assert values[":tensorflow:serving:request_count"] == 1


def test_no_metric_is_told_that_tensorflow_serving_does_not_have() -> None:
    metrics = Metrics("digits")
    metrics.request(entrypoint="REST", status="OK", began=time.perf_counter())
    metrics.loading("/models/1", success=True)
    assert not [name for name in samples(metrics) if name.endswith(("_created", "_total"))]


def test_a_version_that_is_served_no_more_is_left_out() -> None:
    metrics = Metrics("digits")
    metrics.serves(3, loaded=True)
    assert b'version="3"' in metrics.page()
    metrics.serves(3, loaded=False)
    assert b'version="3"' not in metrics.page()
