"""LiteRT files: they answer as the model does, from a workspace to a file."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from pipeline.litert.check import check
from pipeline.litert.convert import Quantize, convert
from pipeline.litert.export import export
from pipeline.litert.interpreter import Interpreter
from pipeline.workspace.workspace import Workspace
from tests.pipeline.digits_process import digits
from tests.pipeline.small_run import SmallRun
from vocabulary.errors import UserError
from vocabulary.model_files import CARD

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(small_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(small_run.copy(tmp_path_factory.mktemp("litert")))


@pytest.fixture(scope="module")
def version(workspace: Workspace) -> Path:
    return workspace.serving / str(workspace.serving_version)


@pytest.fixture(scope="module")
def files(version: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Quantize | None, Path]:
    """Of the version, in float32 and in int8."""
    folder = tmp_path_factory.mktemp("files")
    names: dict[Quantize | None, Path] = {None: folder / "whole", "int8": folder / "small"}
    for quantize, path in names.items():
        path.write_bytes(convert(version, quantize))
    return names


def test_a_file_answers_as_the_model_does(
    version: Path, files: dict[Quantize | None, Path]
) -> None:
    canvases = np.random.default_rng(1).random((8, 75, 75, 1), np.float32)
    signature = tf.saved_model.load(str(version)).signatures["serving_tensor"]
    of_model = signature(image=tf.constant(canvases))
    answers = Interpreter(files[None]).ask(canvases)
    assert answers.keys() == of_model.keys()
    np.testing.assert_array_equal(answers["digit"], of_model["digit"])
    np.testing.assert_allclose(answers["probabilities"], of_model["probabilities"], atol=1e-4)
    np.testing.assert_allclose(answers["box"], of_model["box"], atol=1.01 / 75)  # a pixel


def test_fewer_bits_are_fewer_bytes(files: dict[Quantize | None, Path]) -> None:
    assert files["int8"].stat().st_size < 0.4 * files[None].stat().st_size


def test_the_metrics_are_those_of_the_evaluator(
    workspace: Workspace, version: Path, files: dict[Quantize | None, Path], small_run: SmallRun
) -> None:
    examples = [str(path) for path in workspace.root.glob("artifacts/*/examples/*/Split-eval/*")]
    checked = check(version, files[None], files=examples, name="a file")
    for model in checked.models:
        known = {
            name: value
            for name, value in small_run.summary["metrics"].items()
            if name in model.metrics
        }
        assert {"accuracy", "mean_iou"} <= known.keys()
        assert {name: model.metrics[name] for name in known} == pytest.approx(known, abs=2e-3)


def test_the_command_writes_a_file_and_prints_both_on_the_split(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "phones" / "mine.tflite"
    arguments = ("--format", "litert", "--quantize", "float16", "--output", str(file), "--json")
    ended = digits("export", *arguments, workspace=workspace.root)
    assert ended.code == 0, ended.stderr
    checked = json.loads(ended.stdout)
    assert (checked["file"], checked["pictures"]) == (str(file), 64)
    of_model, of_file = checked["models"]
    assert (of_model["name"], of_file["name"]) == ("SavedModel", "LiteRT, float16")
    assert of_file["bytes"] == file.stat().st_size < of_model["bytes"]


def test_of_pictures_that_do_not_fill_the_canvas_size_and_time_are_told(
    workspace: Workspace, version: Path, files: dict[Quantize | None, Path], tmp_path: Path
) -> None:
    [split] = workspace.root.glob("artifacts/*/examples/*/Split-eval/*")
    record = next(tf.data.TFRecordDataset(str(split), "GZIP").as_numpy_iterator())
    example = tf.train.Example.FromString(record)
    values = example.features.feature
    values["image/encoded"].bytes_list.value[0] = tf.io.encode_png(
        np.zeros((120, 160, 1), np.uint8)
    ).numpy()
    values["image/height"].int64_list.value[0] = 120
    values["image/width"].int64_list.value[0] = 160
    photographs = str(tmp_path / "photographs")
    with tf.io.TFRecordWriter(photographs) as writer:
        writer.write(example.SerializeToString())
    checked = check(version, files[None], files=[photographs], name="a file")
    assert (checked.pictures, checked.titles) == (0, {})
    assert all(model.milliseconds > 0 for model in checked.models)
    assert str(checked.as_table().caption).startswith("There are no pictures")


def test_a_model_of_another_task_than_the_run_is_refused(
    workspace: Workspace, version: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(version, other)
    card = json.loads((other / CARD).read_text()) | {"task": "classification"}
    (other / CARD).write_text(json.dumps(card))
    with pytest.raises(
        UserError, match="for the task localization, and the model is for classification"
    ):
        export(workspace, other, tmp_path / "a", quantize=None, split="eval", on_start=print)
    assert not (tmp_path / "a").exists()


def test_mistakes_are_sentences_and_write_nothing(workspace: Workspace, tmp_path: Path) -> None:
    there = tmp_path / "there.tflite"
    there.write_bytes(b"mine")
    for model, file, split, says in (
        (None, there, "eval", "is there already"),
        (tmp_path, tmp_path / "a", "eval", "holds no model"),
        (None, tmp_path / "a", "test", "has no split test"),
    ):
        with pytest.raises(UserError, match=says):
            export(workspace, model, file, quantize=None, split=split, on_start=print)
    assert there.read_bytes() == b"mine"
    assert [*tmp_path.iterdir()] == [there]


def test_a_model_that_writes_png_is_refused_with_what_litert_cannot_do(tmp_path: Path) -> None:
    class Masks(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 1], tf.float32, name="image")])
        def __call__(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
            grey = tf.cast(image, tf.uint8)
            return {"mask": tf.map_fn(tf.io.encode_png, grey, fn_output_signature=tf.string)}

    model = Masks()
    tf.saved_model.save(model, str(tmp_path / "m"), {"serving_tensor": model.__call__})
    with pytest.raises(
        UserError, match="cannot be a LiteRT file: LiteRT cannot do TensorListReserve"
    ):
        convert(tmp_path / "m", None)


def test_a_broken_model_is_a_sentence_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"broken")
    with pytest.raises(UserError, match=f"{tmp_path} cannot be a LiteRT file: "):
        convert(tmp_path, None)
