"""`digits predict --beam`: any number of pictures, read on Beam's RunInference.

Writes a folder of `predictions.tfrecord` (tf.Examples), `predictions.csv`, `predictions.parquet`
and `unreadable.csv`, all at once or not at all.
"""

import csv
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import apache_beam as beam
from apache_beam.io.parquetio import WriteToParquet
from apache_beam.ml.inference.base import ModelHandler, RunInference
from apache_beam.options.pipeline_options import PipelineOptions

from serving.bulk_files import csv_line, example, line, record, schema
from serving.ink import Invert
from serving.local_model import LocalModel, load_model
from serving.picture_files import Picture, read_picture
from serving.predict import Row, columns, read_rows
from serving.stages.presented import outputs_on, predictions_on
from vocabulary.card import read_card, task_on
from vocabulary.new_folder import new_folder, require_new
from vocabulary.pictures import UnreadableError
from vocabulary.task.predictions import Sent, sent_to

_UNREADABLE: Final = "unreadable"
_ONE_FILE: Final[dict[str, Any]] = {"num_shards": 1, "shard_name_template": ""}


def predict_in_bulk(
    paths: Sequence[Path],
    *,
    model: Path,
    output: Path,
    beam_args: Sequence[str],
    invert: Invert,
) -> dict[str, str]:
    """Reads pictures and writes the folder.

    Beam's workers must find the files and `model`, a version's folder, by these paths; `output`
    must not be there yet.

    Returns:
        The files that could not be read, each with the reason.

    Raises UserError if the folder is there, or the model cannot be loaded.
    """
    require_new(output)
    # A model that cannot be loaded is said here, not in a worker's traceback.
    load_model(model).close()
    with new_folder(output) as written:
        with beam.Pipeline(options=PipelineOptions(list(beam_args))) as pipeline:
            _pipeline(pipeline, paths, model=model, folder=written, invert=invert)
        with (written / "unreadable.csv").open(newline="") as file:
            unreadable = {row["picture"]: row["reason"] for row in csv.DictReader(file)}
    return unreadable


def _pipeline(
    pipeline: beam.Pipeline,
    paths: Sequence[Path],
    *,
    model: Path,
    folder: Path,
    invert: Invert,
) -> None:
    card = read_card(model)
    outputs = outputs_on(card, task_on(card))
    predictions = predictions_on(card, task_on(card))
    opened = _Open(invert, sent=sent_to(predictions))
    pictures = (
        pipeline
        | beam.Create([str(path) for path in paths])
        | beam.Reshuffle()
        | "Open" >> beam.ParDo(opened).with_outputs(_UNREADABLE, main="readable")
    )
    refused, rows = (
        pictures.readable
        | "Read" >> RunInference(SavedModelHandler(str(model)))
        | "Divide" >> beam.Partition(lambda row, _: int(isinstance(row, Row)), 2)
    )
    lines = rows | beam.Map(csv_line)
    _write_csv(lines, folder / "predictions.csv", columns(predictions))
    unreadable = (pictures[_UNREADABLE], refused) | beam.Flatten() | beam.Map(line)
    _write_csv(unreadable, folder / "unreadable.csv", ("picture", "reason"))
    _ = (
        rows
        | beam.Map(example, outputs)
        | beam.io.WriteToTFRecord(str(folder / "predictions.tfrecord"), **_ONE_FILE)
    )
    _ = (
        rows
        | beam.Map(record, outputs)
        | WriteToParquet(str(folder / "predictions.parquet"), schema(outputs), **_ONE_FILE)
    )


def _write_csv(lines: beam.PCollection, path: Path, headings: Sequence[str]) -> None:
    write = beam.io.WriteToText(str(path), header=line(headings), **_ONE_FILE)
    _ = lines | f"Write{path.stem.title()}" >> write


class SavedModelHandler(ModelHandler[Picture, Row | tuple[str, str], LocalModel]):
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
    ) -> Iterator[Row | tuple[str, str]]:
        """For each picture its row, or its path and the reason why the model refuses it."""
        return read_rows(model, batch)


class _Open(beam.DoFn):
    def __init__(self, invert: Invert, *, sent: Sent):
        super().__init__()
        self._read = partial(read_picture, invert=invert, sent=sent)

    def process(self, path: str) -> Iterator[Any]:
        try:
            yield self._read(Path(path))
        except UnreadableError as error:
            yield beam.pvalue.TaggedOutput(_UNREADABLE, (path, str(error)))
