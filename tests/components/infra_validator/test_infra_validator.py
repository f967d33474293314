"""InfraValidator: which models pass, what they are given along, and why others do not."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import tensorflow as tf
from tfx.proto import pusher_pb2
from tfx.types import channel_utils, standard_artifacts
from tfx.utils import proto_utils

from components.infra_validator.component import InfraValidator
from components.infra_validator.executor import REASON

sys.path.insert(0, str(Path(__file__).parents[2] / "serving"))

from known_model import example, picture, save_known

Validate = Callable[[Path], standard_artifacts.InfraBlessing]


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
    def run(folder: Path) -> standard_artifacts.InfraBlessing:
        exported = standard_artifacts.Model()
        exported.uri = str(folder.parent)
        component = InfraValidator(
            model=channel_utils.as_channel([exported]),
            examples=channel_utils.as_channel([examples]),
            platform="process",
        )
        blessing = standard_artifacts.InfraBlessing()
        blessing.uri = str(tmp_path / "blessing")
        executor = component.executor_spec.executor_class
        context = executor.Context(tmp_dir=str(tmp_path / "tmp"), unique_id="1")
        executor(context).Do(
            {"model": [exported], "examples": [examples]},
            {"blessing": [blessing]},
            dict(component.exec_properties),
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
    said = blessing.get_string_custom_property(REASON)
    assert re.search(reason, said), said
    assert "\n" not in said


def test_docker_is_one_key_away(examples: standard_artifacts.Examples) -> None:
    model = channel_utils.as_channel([standard_artifacts.Model()])
    component = InfraValidator(
        model=model, examples=channel_utils.as_channel([examples]), platform="docker"
    )
    assert "local_docker" in component.exec_properties["serving_spec"]
    assert "tensorflow/serving" in component.exec_properties["serving_spec"]
