"""`digits predict --beam`: any number of pictures, read on Beam's RunInference.

Writes a folder of `predictions.tfrecord` (tf.Examples), `predictions.csv`, `predictions.parquet`
and `unreadable.csv`, all at once or not at all.
"""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import apache_beam as beam
import pyarrow as pa
import tensorflow as tf
from apache_beam.io.parquetio import WriteToParquet
from apache_beam.ml.inference.base import ModelHandler, RunInference
from apache_beam.options.pipeline_options import PipelineOptions

from serving.ink import Invert
from serving.local_model import LocalModel, load_model
from serving.picture_files import Picture, pixels, read_picture
from serving.prediction import Prediction
from serving.reading import RefusedError
from vocabulary import features
from vocabulary.errors import UserError
from vocabulary.pictures import UnreadableError

_COLUMNS: Final = ("picture", "digit", "probability", "left", "top", "right", "bottom", "unsure")
_UNREADABLE: Final = "unreadable"
_SCHEMA: Final = pa.schema(
    [
        ("picture", pa.string()),
        ("digit", pa.int64()),
        ("probabilities", pa.list_(pa.float32())),
        ("box", pa.list_(pa.float32())),
        ("unsure", pa.list_(pa.string())),
    ]
)

_Read = tuple[Picture, Prediction]


def predict_in_bulk(
    paths: Sequence[Path],
    *,
    model: Path,
    output: Path,
    beam_args: Sequence[str],
    invert: Invert,
) -> dict[str, str]:
    """Reads pictures and writes the folder.

    Args:
        paths: of picture files, where Beam's workers find them.
        model: a version's folder.
        output: the folder, which must not be there yet.
        beam_args: say where Beam runs.
        invert: whether they are dark ink on light paper; auto: if the border is light.

    Returns:
        The files that could not be read, each with the reason.

    Raises:
        UserError: if the folder is there, or the model cannot be loaded.
    """
    if output.exists():
        raise UserError(f"{output} is there already; name a new folder with --output")
    # A model that cannot be loaded is said here, not in a worker's traceback.
    load_model(model).close()
    output.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        written = Path(tempfile.mkdtemp(prefix=f".{output.name}-", dir=output.parent))
        stack.callback(shutil.rmtree, written, ignore_errors=True)
        with beam.Pipeline(options=PipelineOptions(list(beam_args))) as pipeline:
            _pipeline(pipeline, paths, model=model, folder=written, invert=invert)
        with (written / "unreadable.csv").open(newline="") as file:
            unreadable = {row["picture"]: row["reason"] for row in csv.DictReader(file)}
        written.chmod(0o755)
        written.rename(output)
    return unreadable


def _pipeline(
    pipeline: beam.Pipeline,
    paths: Sequence[Path],
    *,
    model: Path,
    folder: Path,
    invert: Invert,
) -> None:
    found = (
        pipeline
        | beam.Create([str(path) for path in paths])
        | beam.Reshuffle()
        | "Open" >> beam.ParDo(_Open(invert)).with_outputs(_UNREADABLE, main="pictures")
    )
    read = (
        found.pictures
        | "Read" >> RunInference(SavedModelHandler(str(model)))
        | "Divide" >> beam.ParDo(_Divide()).with_outputs(_UNREADABLE, main="predictions")
    )
    _write_text(read.predictions | beam.Map(_row), folder / "predictions.csv", _COLUMNS)
    unreadable = (found[_UNREADABLE], read[_UNREADABLE]) | beam.Flatten()
    _write_text(unreadable, folder / "unreadable.csv", ("picture", "reason"))
    _ = (
        read.predictions
        | beam.Map(_example)
        | beam.io.WriteToTFRecord(str(folder / "predictions.tfrecord"), **_one_file())
    )
    _ = (
        read.predictions
        | beam.Map(_record)
        | WriteToParquet(str(folder / "predictions.parquet"), _SCHEMA, **_one_file())
    )


def _one_file() -> dict[str, Any]:
    return {"num_shards": 1, "shard_name_template": ""}


def _write_text(rows: beam.PCollection, path: Path, columns: tuple[str, ...]) -> None:
    label = path.stem.title()
    _ = (
        rows
        | f"{label}Lines" >> beam.Map(_line)
        | f"{label}Csv" >> beam.io.WriteToText(str(path), header=_line(columns), **_one_file())
    )


class SavedModelHandler(ModelHandler[Picture, _Read | tuple[Picture, str], LocalModel]):
    """Loads the model once in each process; a picture that it refuses comes with the reason."""

    def __init__(self, model: str):
        super().__init__(max_batch_size=32)
        self._folder = model

    def load_model(self) -> LocalModel:
        """The model, which stays open for as long as the process lives."""
        return load_model(Path(self._folder))

    def run_inference(
        self,
        batch: Sequence[Picture],
        model: LocalModel,
        inference_args: dict[str, Any] | None = None,
    ) -> Iterator[_Read | tuple[Picture, str]]:
        """Each picture with its prediction or, refused, with the reason."""
        try:
            answers = model.read([picture.prepared for picture in batch])
        except RefusedError as error:
            if len(batch) == 1:
                yield batch[0], str(error)
            else:
                for picture in batch:
                    yield from self.run_inference([picture], model)
        else:
            yield from zip(batch, answers, strict=True)


class _Open(beam.DoFn):
    def __init__(self, invert: Invert):
        super().__init__()
        self._invert = invert

    def process(self, path: str) -> Iterator[Any]:
        try:
            yield read_picture(Path(path), invert=self._invert)
        except UnreadableError as error:
            yield beam.pvalue.TaggedOutput(_UNREADABLE, (path, str(error)))


class _Divide(beam.DoFn):
    def process(self, read: tuple[Picture, Prediction | str]) -> Iterator[Any]:
        picture, answer = read
        if isinstance(answer, str):
            yield beam.pvalue.TaggedOutput(_UNREADABLE, (str(picture.path), answer))
        else:
            yield read


def _row(read: _Read) -> tuple[Any, ...]:
    picture, answer = read
    box = pixels(answer, width=picture.width, height=picture.height) or [None] * 4
    probability = answer.probability and round(answer.probability, 6)
    return str(picture.path), answer.digit, probability, *box, "; ".join(answer.doubts)


def _line(values: tuple[Any, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _record(read: _Read) -> dict[str, Any]:
    picture, answer = read
    return {
        "picture": str(picture.path),
        "digit": answer.digit,
        "probabilities": list(answer.probabilities),
        "box": answer.box and list(answer.box),
        "unsure": list(answer.doubts),
    }


def _example(read: _Read) -> bytes:
    picture, answer = read

    def floats(values: Sequence[float] | None) -> Any:
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    name = tf.train.BytesList(value=[str(picture.path).encode()])
    feature = {features.SOURCE_ID: tf.train.Feature(bytes_list=name)}
    if answer.digit is not None:
        digit = tf.train.Int64List(value=[answer.digit])
        feature |= {
            features.prediction("digit"): tf.train.Feature(int64_list=digit),
            features.prediction("probabilities"): floats(answer.probabilities),
            features.prediction("box"): floats(answer.box),
        }
    example = tf.train.Example(features=tf.train.Features(feature=feature))
    serialized: bytes = example.SerializeToString()
    return serialized
