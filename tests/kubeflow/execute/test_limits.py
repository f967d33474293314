"""What is refused before a step is started, and what is said to be otherwise than on a cluster."""

from collections.abc import Callable
from typing import Any

import pytest

from kubeflow.execute.limits import differences, require_executable
from kubeflow.spec_file import CompiledPipeline
from vocabulary.errors import UserError

TRAINER = "exec-trainer"


def executors(compiled: CompiledPipeline) -> dict[str, Any]:
    return compiled.spec["deploymentSpec"]["executors"]


def set_(name: str, key: str, value: Any) -> Callable[[CompiledPipeline], None]:
    def break_(compiled: CompiledPipeline) -> None:
        executors(compiled)[name]["container"][key] = value

    return break_


def importer(compiled: CompiledPipeline) -> None:
    executors(compiled)[TRAINER] = {
        "importer": {
            "artifactUri": {"constant": "gs://b/x"},
            "typeSchema": {"schemaTitle": "system.Model"},
        }
    }


def without_pusher(compiled: CompiledPipeline) -> None:
    del compiled.spec["root"]["dag"]["tasks"]["pusher"]
    compiled.spec["root"]["dag"]["tasks"]["report"]["dependentTasks"].remove("pusher")
    del compiled.spec["root"]["dag"]["tasks"]["report"]["inputs"]["artifacts"]["pushed_model"]


@pytest.mark.parametrize("target", ["vertex", "kubeflow"])
def test_what_digits_compile_writes_is_executable(target: str, compile_for: Any) -> None:
    compiled = compile_for(target)
    assert list(differences(require_executable(compiled))) == []


def test_image_without_a_tag_is_no_hindrance(compile_for: Any) -> None:
    require_executable(compile_for("vertex", "kubeflow.image=registry.example/digits:latest"))


@pytest.mark.parametrize(
    ("break_", "sentence"),
    [
        (
            set_(TRAINER, "command", ["sh", "-c"]),
            "trainer runs `sh -c` in the image registry.example/digits:1; here only `python -m",
        ),
        (set_(TRAINER, "command", []), "trainer runs `the image's own command` in the image"),
        (without_pusher, "it has no task pusher, as every pipeline of `digits compile` has"),
    ],
)
def test_what_does_not_run_here_is_a_sentence(
    break_: Callable[[CompiledPipeline], None], sentence: str, compile_for: Any
) -> None:
    compiled = compile_for("vertex")
    break_(compiled)
    with pytest.raises(UserError) as refused:
        require_executable(compiled)
    head, *reasons = str(refused.value).splitlines()
    assert head == "this pipeline cannot be executed here:"
    assert [reason.startswith(sentence) for reason in reasons] == [True], reasons


def test_importer_is_refused_as_the_check_does(compile_for: Any) -> None:
    compiled = compile_for("vertex")
    importer(compiled)
    with pytest.raises(UserError, match="exec-trainer is of the kind importer, where `digits`"):
        require_executable(compiled)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            (
                "kubeflow.custom_job.machine_type=n1-standard-4",
                "kubeflow.project=p",
                "kubeflow.region=r",
            ),
            "trainer starts a job on Vertex AI, which costs money",
        ),
        (
            (
                "beam.runner=dataflow",
                "beam.project=p",
                "beam.region=r",
                "beam.temp_location=gs://b/tmp",
                "beam.image=registry.example/beam:1",
            ),
            "transform sends its work to Dataflow, which cannot read this machine's folders",
        ),
    ],
)
def test_work_for_a_service_elsewhere_is_not_sent(
    settings: tuple[str, ...], sentence: str, compile_for: Any
) -> None:
    with pytest.raises(UserError) as refused:
        require_executable(compile_for("vertex", *settings))
    assert sentence in str(refused.value)


def test_what_the_target_refuses_is_refused_here(compile_for: Any) -> None:
    compiled = compile_for("kubeflow")
    compiled.spec["schemaVersion"] = "2.0.0"
    with pytest.raises(UserError, match=r"^kubeflow would refuse this pipeline:\nthe schema vers"):
        require_executable(compiled)


def test_accelerators_and_secrets_are_said_to_be_missing(
    compile_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    compiled = compile_for(
        "kubeflow",
        "kubeflow.containers.Trainer.accelerator={kind: gpu, type: nvidia-l4, count: 1}",
        "kubeflow.secrets.TOKEN={name: s, key: k}",
    )
    accelerator, secret = differences(require_executable(compiled))
    assert accelerator.startswith("exec-trainer asks for 1 nvidia.com/gpu; here it runs on what")
    assert secret.startswith("the pipeline takes TOKEN from a secret; here it is not set")
    monkeypatch.setenv("TOKEN", "")
    assert len(list(differences(require_executable(compiled)))) == 1
