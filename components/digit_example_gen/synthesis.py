"""Synthesis on Beam: shards of examples, whatever source they are from.

A shard is a range of indices, whose examples are a function of the options, the split's name and
the index alone, so any number of workers on any runner writes the same files, byte for byte.
Nothing but the ranges is shuffled, which keeps memory flat however many examples there are.
"""

import functools
from typing import Final, NamedTuple

import apache_beam as beam
import tensorflow as tf

from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.sources import open_source
from vocabulary.part_counts import PartCount
from vocabulary.source import Chunk, Content, LeftOut, Source

EXAMPLES_PER_SHARD: Final = 1000


class Recipe(NamedTuple):
    """What to make for one split.

    Attributes:
        data: the options as JSON (hashable, and cheap to send to a worker).
        split: the name of the split.
        splits: the names of all splits, which decide how the source is divided.
        size: how many examples the config asks for.
    """

    data: str
    split: str
    splits: tuple[str, ...]
    size: int

    @property
    def source(self) -> Source:
        """Where the examples come from, opened once in a process."""
        return _source(self.data, self.splits)

    @property
    def total(self) -> int:
        """How many examples there are."""
        return self.source.count(self.split, asked=self.size)


@functools.lru_cache(maxsize=8)
def _source(data: str, splits: tuple[str, ...]) -> Source:
    return open_source(DataOptions.model_validate_json(data), splits)


_STORED: Final = tf.io.TFRecordOptions("GZIP", compression_level=0)
"""Pictures are compressed already: to compress them again takes two fifths of the time of drawing
and writing, and saves an eighth of the bytes."""


class Shard(NamedTuple):
    """A run of examples that makes one file: its name, the serialized tf.Examples, and the rest."""

    name: str
    examples: list[bytes]
    left_out: tuple[LeftOut, ...] = ()
    contents: tuple[Content, ...] = ()
    parts: tuple[PartCount, ...] = ()


class Written(NamedTuple):
    """What there is to say of a shard that was written: of its split, how many examples it has."""

    split: str
    examples: int
    left_out: tuple[LeftOut, ...]
    contents: tuple[Content, ...]
    parts: tuple[PartCount, ...]


@beam.ptransform_fn
def Synthesize(  # noqa: N802
    pipeline: beam.Pipeline, recipe: Recipe, folder: str
) -> beam.PCollection[Written]:
    """Writes the shards of one split; gives what there is to say of each: PCollection[Written]."""
    return (
        pipeline
        | "Starts" >> beam.Create([*range(0, recipe.total, EXAMPLES_PER_SHARD)], reshuffle=False)
        | "Spread" >> beam.Reshuffle()
        | "Write" >> beam.Map(functools.partial(_draw_and_write, recipe, folder))
    )


def _draw_and_write(recipe: Recipe, folder: str, start: int) -> Written:
    shard = draw_shard(recipe, start)
    write_shard(folder, shard)
    return Written(recipe.split, len(shard.examples), shard.left_out, shard.contents, shard.parts)


def write_shard(folder: str, shard: Shard) -> str:
    """Writes one shard as a gzipped TFRecord, which appears only when it is whole; gives its path.

    The folder may be local or remote.
    """
    tf.io.gfile.makedirs(folder)
    path, partial = f"{folder}/{shard.name}", f"{folder}/.{shard.name}.partial"
    try:
        with tf.io.TFRecordWriter(partial, _STORED) as writer:
            for example in shard.examples:
                writer.write(example)
        tf.io.gfile.rename(partial, path, overwrite=True)
    except BaseException:
        if tf.io.gfile.exists(partial):
            tf.io.gfile.remove(partial)
        raise
    return path


def draw_shard(recipe: Recipe, start: int) -> Shard:
    """Makes the shard that starts at an index."""
    count = recipe.total
    stop = min(start + EXAMPLES_PER_SHARD, count)
    shards = -(-count // EXAMPLES_PER_SHARD)
    name = f"data_tfrecord-{start // EXAMPLES_PER_SHARD:05d}-of-{shards:05d}.gz"
    return Shard(name, *_draw(recipe, start, stop))


def draw_examples(recipe: Recipe, start: int, stop: int) -> list[bytes]:
    """The serialized tf.Examples of a range of indices."""
    return _draw(recipe, start, stop).examples


def _draw(recipe: Recipe, start: int, stop: int) -> Chunk:
    return recipe.source.examples(recipe.split, start, stop)
