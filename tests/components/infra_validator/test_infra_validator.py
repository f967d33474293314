"""InfraValidator: which models pass, what they are given along, and why others do not."""

import re
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import psutil
import pytest
import tensorflow as tf
from tfx.proto import infra_validator_pb2, pusher_pb2
from tfx.types import channel_utils, standard_artifacts
from tfx.types.standard_component_specs import SERVING_SPEC_KEY, VALIDATION_SPEC_KEY
from tfx.utils import proto_utils

from components.infra_validator import process
from components.infra_validator.component import REASON, InfraValidator
from components.infra_validator.errors import NotJudgedError
from tests.serving.known_model import SIGNATURES, KnownModel, example, picture, save_known

Validate = Callable[..., standard_artifacts.InfraBlessing]


@pytest.fixture
def examples(tmp_path: Path) -> standard_artifacts.Examples:
    """An eval split of three examples."""
    folder = tmp_path / "examples" / "Split-eval"
    folder.mkdir(parents=True)
    with tf.io.TFRecordWriter(str(folder / "part.gz"), "GZIP") as writer:
        for digit in (3, 5, 8):
            writer.write(example(picture(digit)))
    artifact = standard_artifacts.Examples()
    artifact.uri = str(folder.parent)
    artifact.split_names = '["eval"]'
    artifact.set_string_custom_property("payload_format", "FORMAT_TF_EXAMPLE")
    return artifact


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Where the Trainer's export goes."""
    return tmp_path / "model" / "Format-Serving"


@pytest.fixture
def validate(tmp_path: Path, examples: standard_artifacts.Examples) -> Validate:
    def run(
        folder: Path, *, platform: Literal["process", "docker"] = "process", patience_s: int = 120
    ) -> standard_artifacts.InfraBlessing:
        exported = standard_artifacts.Model()
        exported.uri = str(folder.parent)
        component = InfraValidator(
            model=channel_utils.as_channel([exported]),
            examples=channel_utils.as_channel([examples]),
            platform=platform,
        )
        patience = infra_validator_pb2.ValidationSpec(max_loading_time_seconds=patience_s)
        properties = {
            **component.exec_properties,
            VALIDATION_SPEC_KEY: proto_utils.proto_to_json(patience),
        }
        if platform == "docker":
            serving = infra_validator_pb2.ServingSpec()
            proto_utils.json_to_proto(properties[SERVING_SPEC_KEY], serving)
            serving.local_docker.client_base_url = "tcp://127.0.0.1:1"  # where nobody listens
            properties[SERVING_SPEC_KEY] = proto_utils.proto_to_json(serving)
        blessing = standard_artifacts.InfraBlessing()
        blessing.uri = str(tmp_path / "blessing")
        executor = component.executor_spec.executor_class
        context = executor.Context(tmp_dir=str(tmp_path / "tmp"), unique_id="1")
        executor(context).Do(
            {"model": [exported], "examples": [examples]},
            {"blessing": [blessing]},
            properties,
        )
        return blessing

    return run


def push(blessing: standard_artifacts.InfraBlessing, destination: Path) -> list[Path]:
    """What TFX's Pusher makes of a blessing: the versions at the destination."""
    from tfx.components.pusher import executor

    pushed = standard_artifacts.PushedModel()
    pushed.uri = str(destination.parent / "pushed")
    target = pusher_pb2.PushDestination(
        filesystem=pusher_pb2.PushDestination.Filesystem(base_directory=str(destination))
    )
    executor.Executor().Do(
        {"infra_blessing": [blessing]},
        {"pushed_model": [pushed]},
        {"push_destination": proto_utils.proto_to_json(target)},
    )
    return sorted(destination.iterdir()) if destination.exists() else []


@pytest.mark.slow
def test_a_model_that_answers_is_pushed_with_warm_up_requests(
    model: Path, validate: Validate, tmp_path: Path
) -> None:
    save_known(model, 1)
    blessing = validate(model)
    assert blessing.get_int_custom_property("blessed") == 1
    assert not blessing.get_string_custom_property(REASON)
    [version] = push(blessing, tmp_path / "serving")
    warmup = version / "assets.extra" / "tf_serving_warmup_requests"
    records = list(tf.data.TFRecordDataset(str(warmup)).as_numpy_iterator())
    assert len(records) == 9


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (
            lambda model: save_known(model, 1, total=0.5),
            r"serving_examples gives probabilities that sum to \[0.5\], not 1",
        ),
        (
            lambda model: save_known(model, 1, signatures=("serving_default", "serving_examples")),
            "the model has no signature serving_tensor",
        ),
        (
            lambda model: (save_known(model, 1), shutil.rmtree(model / "variables")),
            "the model cannot be loaded: .*variables",
        ),
        (
            lambda model: (
                save_known(model, 1),
                (model / "saved_model.pb").write_bytes(b"nonsense"),
            ),
            "saved_model.pb",
        ),
    ],
    ids=["wrong answers", "signature missing", "weights missing", "not a model"],
)
def test_a_model_that_cannot_be_served_is_not_pushed_and_says_why(
    spoil: Callable[[Path], object], reason: str, model: Path, validate: Validate, tmp_path: Path
) -> None:
    spoil(model)
    blessing = validate(model)
    assert blessing.get_int_custom_property("blessed") == 0
    assert push(blessing, tmp_path / "serving") == []
    message = blessing.get_string_custom_property(REASON)
    assert re.search(reason, message), message
    assert "\n" not in message


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


SAYS = "echo 12:00:00 version 1 cannot be served: {} >&2; exec sleep 60"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (("/etc/passwd",), r"the server cannot be started: .*Permission denied: '/etc/passwd'"),
        (("/nowhere/python",), "the server cannot be started: .*No such file"),
        (("sh", "-c", "exec sleep 60"), "the server was not ready in 2 s"),
        (("sh", "-c", "echo port taken >&2; exit 1"), "server ended with 1; .* words: port taken"),
        (("sh", "-c", "kill -KILL $$"), "the server was ended by SIGKILL"),
        (("sh", "-c", "kill -SEGV $$"), "the server was ended by SIGSEGV"),
        (("sh", "-c", SAYS.format("OOM when allocating tensor")), "cannot be loaded: OOM when"),
        (("sh", "-c", SAYS.format("/x: No space left on device")), "loaded: /x: No space left"),
    ],
)
def test_a_fault_of_the_machine_fails_the_component_and_is_no_verdict(
    server: tuple[str, ...],
    reason: str,
    model: Path,
    validate: Validate,
    scratch: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save_known(model, 1)
    monkeypatch.setattr(process, "_SERVER", server)
    with pytest.raises(
        NotJudgedError, match=f"^the model could not be judged: .*{reason}"
    ) as message:
        validate(model, patience_s=2)
    assert "\n" not in str(message.value)
    assert not list((tmp_path / "blessing").glob("*"))
    assert list(scratch.iterdir()) == []


@pytest.mark.slow
def test_a_model_that_crashes_its_server_when_asked_is_not_judged(
    model: Path, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(address: str, requests: object, answers: object) -> None:
        for child in psutil.Process().children():
            child.send_signal(signal.SIGABRT)
        raise AssertionError("the line breaks")

    save_known(model, 1)
    monkeypatch.setattr("components.infra_validator.component._ask", kill)
    with pytest.raises(NotJudgedError, match="the server was ended by SIGABRT"):
        validate(model)


class Lacking(KnownModel):
    """Loads, but the table that it answers from is never filled."""

    def answer(self, grey: tf.Tensor) -> dict[str, tf.Tensor]:
        table = tf.raw_ops.HashTableV2(key_dtype=tf.int64, value_dtype=tf.int64)
        digits = tf.zeros_like(grey, tf.int64)
        none = tf.constant(-1, tf.int64)
        found = tf.raw_ops.LookupTableFindV2(table_handle=table, keys=digits, default_value=none)
        return {**super().answer(grey), "digit": found}


@pytest.mark.slow
def test_a_graph_that_lacks_what_it_works_with_is_the_models_own_fault(
    model: Path, validate: Validate
) -> None:
    lacking = Lacking(1)
    tf.saved_model.save(lacking, str(model), {name: getattr(lacking, name) for name in SIGNATURES})
    blessing = validate(model)
    assert blessing.get_int_custom_property("blessed") == 0
    assert re.search("no answer: .*[Tt]able not init", blessing.get_string_custom_property(REASON))


@pytest.mark.slow
def test_a_full_disk_for_temporary_files_fails_the_component(
    model: Path, validate: Validate, scratch: Path
) -> None:
    save_known(model, 1)
    scratch.rmdir()
    with pytest.raises(FileNotFoundError, match="scratch"):
        validate(model)


def test_a_model_that_is_not_there_is_no_verdict(model: Path, validate: Validate) -> None:
    with pytest.raises(FileNotFoundError, match=f"there is no model in {model}"):
        validate(model)


@pytest.mark.slow
def test_docker_that_does_not_run_is_a_sentence(model: Path, validate: Validate) -> None:
    save_known(model, 1)
    with pytest.raises(NotJudgedError, match=r"start Docker, or set serving\.platform to"):
        validate(model, platform="docker")


def test_docker_is_one_key_away(examples: standard_artifacts.Examples) -> None:
    model = channel_utils.as_channel([standard_artifacts.Model()])
    component = InfraValidator(
        model=model, examples=channel_utils.as_channel([examples]), platform="docker"
    )
    assert "local_docker" in component.exec_properties["serving_spec"]
    assert "tensorflow/serving" in component.exec_properties["serving_spec"]
