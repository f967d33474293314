"""The precision: by what the device computes in."""

from pathlib import Path
from types import SimpleNamespace

import keras
import pytest
import tensorflow as tf

from tests.tasks.networks import build
from trainer import precision
from trainer.precision import choose_precision, compiles_under_xla, computing_in


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Makes a machine of a kind: its devices, its CPU's flags, its GPUs' compute capabilities."""

    def build(
        *devices: str,
        flags: str = "",
        vendor: str = "AuthenticAMD",
        capability: tuple[int, int] = (9, 0),
    ) -> None:
        def listed(kind: str) -> list[SimpleNamespace]:
            return [SimpleNamespace(name=device) for device in devices if device == kind]

        monkeypatch.setattr(tf.config, "list_physical_devices", listed)
        monkeypatch.setattr(
            tf.config.experimental,
            "get_device_details",
            lambda device: {"compute_capability": capability},
        )
        cpu_info = tmp_path / "cpuinfo"
        cpu_info.write_text(f"processor : 0\nvendor_id : {vendor}\nflags : fpu sse {flags} avx\n")
        monkeypatch.setattr(precision, "_CPU_INFO", cpu_info)

    return build


@pytest.mark.parametrize(
    ("devices", "options", "expected"),
    [
        (["CPU"], {}, "float32"),
        (["CPU"], {"flags": "avx512_bf16"}, "bfloat16"),
        (["CPU"], {"flags": "avx512_bf16", "vendor": "GenuineIntel"}, "float32"),
        (["CPU"], {"flags": "avx512_bf16 amx_bf16", "vendor": "GenuineIntel"}, "bfloat16"),
        (["CPU"], {"flags": "avx512_bf16_not"}, "float32"),
        (["CPU", "GPU"], {"capability": (8, 0)}, "bfloat16"),
        (["CPU", "GPU"], {"capability": (7, 5), "flags": "avx512_bf16"}, "float32"),
        (["CPU", "TPU"], {}, "bfloat16"),
    ],
)
def test_auto_is_what_the_device_computes_in(machine, devices, options, expected: str) -> None:
    machine(*devices, **options)
    assert choose_precision("auto") == expected


def test_a_machine_that_does_not_tell_its_cpu_computes_in_float32(
    machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine("CPU")
    monkeypatch.setattr(precision, "_CPU_INFO", Path("/nowhere/cpuinfo"))
    assert choose_precision("auto") == "float32"


@pytest.mark.parametrize("wanted", ["float32", "bfloat16"])
def test_what_the_config_names_is_taken(machine, wanted: str) -> None:
    machine("CPU", flags="avx512_bf16" if wanted == "float32" else "")
    assert choose_precision(wanted) == wanted


@pytest.mark.parametrize(("device", "helps"), [("CPU", False), ("GPU", True), ("TPU", True)])
def test_xla_is_for_accelerators(machine, device: str, helps: bool) -> None:
    machine(device)
    assert compiles_under_xla() is helps


@pytest.mark.parametrize("kind", ["edge", "lab"])
def test_weights_and_answers_are_float32_whatever_is_computed_in(kind: str) -> None:
    with computing_in("bfloat16"):
        model = build("localization", kind, height=40, width=40)
    assert keras.config.dtype_policy().name == "float32"
    convolution = next(x for x in model.layers if isinstance(x, keras.layers.Conv2D))
    assert convolution.compute_dtype == "bfloat16"
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert {output.dtype for output in model.outputs} == {"float32"}
