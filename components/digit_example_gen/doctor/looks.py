"""Opens all pictures: in this process, or where there are many, on Beam with any number of workers.

Nothing but the parts is sent to workers, and nothing but what was seen comes back; many files are
read at the same time, and few decoded. So memory stays flat however large the pictures are.
"""

import os
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from threading import BoundedSemaphore
from typing import Any, Final

import apache_beam as beam
import tensorflow as tf
from apache_beam.options.pipeline_options import PipelineOptions

from components.digit_example_gen.doctor.dataset import Dataset, Part
from components.digit_example_gen.doctor.pictures import Look, look_at

MANY: Final = 50_000
"""Pictures that several workers open sooner than one process: these take seconds to start."""

_CORES: Final = BoundedSemaphore(len(os.sched_getaffinity(0)))
"""So many pictures are decoded at the same time in this process, and one in a worker of Beam."""
_ONE: Final = BoundedSemaphore(1)


def look_at_all(dataset: Dataset, beam_args: Sequence[str] | None) -> Iterator[Look]:
    """What each picture shows, in any order; on Beam if there are arguments for it."""
    if beam_args is None:
        for part in dataset.parts():
            yield from part.each(partial(look_at, turn=_CORES))
        return
    with tempfile.TemporaryDirectory() as scratch:
        with beam.Pipeline(options=PipelineOptions(list(beam_args))) as pipeline:
            _ = (
                pipeline
                | beam.Create([*dataset.parts()])
                | beam.Reshuffle()
                | "Look" >> beam.Map(_look)
                | beam.io.WriteToTFRecord(f"{scratch}/looks")
            )
        for record in tf.data.TFRecordDataset(tf.io.gfile.glob(f"{scratch}/looks*")):
            yield from pickle.loads(record.numpy())


def _look(part: Part) -> bytes:
    looks: Sequence[Any] = part.each(partial(look_at, turn=_ONE))
    return pickle.dumps(looks)
