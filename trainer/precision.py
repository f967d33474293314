"""What a network computes in and how it is compiled, by what the device is good at."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import keras
import tensorflow as tf

_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
_CPU_INFO = Path("/proc/cpuinfo")
_FAST_CPUS = ({"amx_bf16"}, {"avx512_bf16", "AuthenticAMD"})
"""What /proc/cpuinfo says of CPUs that are faster in bfloat16: Intel's are not without AMX
(docs/experiments.md)."""
_AMPERE = (8, 0)
"""The first compute capability of NVIDIA GPUs with bfloat16."""


def choose_precision(wanted: str) -> str:
    """`float32` or `bfloat16`; `auto` is bfloat16 where the device is faster in it."""
    if wanted != "auto":
        return wanted
    if tf.config.list_physical_devices("TPU"):
        return "bfloat16"
    gpus = tf.config.list_physical_devices("GPU")
    fast = all(map(_gpu_has_bfloat16, gpus)) if gpus else _cpu_has_bfloat16()
    return "bfloat16" if fast else "float32"


def compiles_under_xla() -> bool:
    """Whether XLA helps: on an accelerator. On a CPU it costs a third of the speed of `edge`."""
    return any(tf.config.list_physical_devices(kind) for kind in ("TPU", "GPU"))


def _gpu_has_bfloat16(gpu: tf.config.PhysicalDevice) -> bool:
    details = tf.config.experimental.get_device_details(gpu)
    return bool(details.get("compute_capability", (0, 0)) >= _AMPERE)


def _cpu_has_bfloat16() -> bool:
    if not _CPU_INFO.exists():
        return False
    words = set(_CPU_INFO.read_text().split())
    return any(words >= fast for fast in _FAST_CPUS)


@contextlib.contextmanager
def computing_in(precision: str) -> Iterator[None]:
    """Layers built inside compute in that precision; weights are float32 always."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(_POLICIES[precision])
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
