"""Synthesis as Beam transforms: shards of examples, each a pure function of its index.

An example depends on the options, the split's name and its index alone, and a shard on a range of
indices, so any number of workers on any runner writes the same files, byte for byte. Nothing but
the ranges is shuffled, which keeps memory flat however many examples there are.
"""

import functools
import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple

import apache_beam as beam
import cv2
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from components.digit_example_gen import sources
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.scene import Picture, draw
from vocabulary import features

EXAMPLES_PER_SHARD: Final = 1000


class Recipe(NamedTuple):
    """What to draw for one split.

    Attributes:
        data: the options as JSON (hashable, and cheap to send to a worker).
        split: the name of the split.
        splits: the names of all splits, which decide how the glyphs are divided.
        size: how many examples.
    """

    data: str
    split: str
    splits: tuple[str, ...]
    size: int


class Shard(NamedTuple):
    """A run of examples that makes one file: its name and the serialized tf.Examples."""

    name: str
    examples: list[bytes]


class Synthesize(beam.PTransform):
    """From a pipeline to the shards of one split: PCollection[Shard]."""

    def __init__(self, recipe: Recipe):
        super().__init__()
        self._recipe = recipe

    def expand(self, pipeline: beam.Pipeline) -> beam.PCollection[Shard]:
        """See the class."""
        starts = range(0, self._recipe.size, EXAMPLES_PER_SHARD)
        return (
            pipeline
            | "Starts" >> beam.Create(list(starts), reshuffle=False)
            | "Spread" >> beam.Reshuffle()
            | "Draw" >> beam.Map(functools.partial(draw_shard, self._recipe))
        )


class WriteShards(beam.PTransform):
    """Writes each shard as one gzipped TFRecord file, which appears only when it is whole."""

    def __init__(self, folder: str):
        super().__init__()
        self._folder = folder

    def expand(self, shards: beam.PCollection[Shard]) -> beam.PCollection[str]:
        """See the class; gives the paths written."""
        return shards | "Write" >> beam.Map(functools.partial(write_shard, self._folder))


def write_shard(folder: str, shard: Shard) -> str:
    """Writes one shard into a folder (local, gs://, ...) and gives its path."""
    tf.io.gfile.makedirs(folder)
    path, partial = f"{folder}/{shard.name}", f"{folder}/.{shard.name}.partial"
    try:
        with tf.io.TFRecordWriter(partial, tf.io.TFRecordOptions("GZIP")) as writer:
            for example in shard.examples:
                writer.write(example)
        tf.io.gfile.rename(partial, path, overwrite=True)
    except BaseException:
        if tf.io.gfile.exists(partial):
            tf.io.gfile.remove(partial)
        raise
    return path


def draw_shard(recipe: Recipe, start: int) -> Shard:
    """Draws the shard that starts at an index."""
    stop = min(start + EXAMPLES_PER_SHARD, recipe.size)
    shards = -(-recipe.size // EXAMPLES_PER_SHARD)
    name = f"data_tfrecord-{start // EXAMPLES_PER_SHARD:05d}-of-{shards:05d}.gz"
    return Shard(name, draw_examples(recipe, start, stop))


def draw_examples(recipe: Recipe, start: int, stop: int) -> list[bytes]:
    """Draws the serialized tf.Examples of a range of indices.

    First all are drawn, then all are encoded: taken in turns, the two push each other out of the
    processor's cache, which costs a tenth.
    """
    glyphs = _glyphs(recipe.data, recipe.split, recipe.splits)
    key = _key(DataOptions.model_validate_json(recipe.data).seed, recipe.split)
    order = _order(key, len(glyphs))
    chosen = [order.item(index % len(order)) for index in range(start, stop)]
    pictures = list(_draw(recipe.data, glyphs, chosen, key=key, start=start))
    return [
        as_example(picture, label=glyphs.labels.item(glyph), source_id=glyphs.names.item(glyph))
        for picture, glyph in zip(pictures, chosen, strict=True)
    ]


def _draw(
    data: str, glyphs: Glyphs, chosen: list[int], *, key: int, start: int
) -> Iterator[Picture]:
    """Draws the chosen glyphs; the random draws of each depend on its own index alone."""
    options = DataOptions.model_validate_json(data)
    philox = np.random.Philox(key=key)
    random, state = np.random.Generator(philox), philox.state
    counter = state["state"]["counter"]
    for index, glyph in enumerate(chosen, start):
        # A stretch of the generator's period for each index: a counter costs a tenth of what a new
        # generator does. The first stretch is that of the order of the glyphs.
        counter[:2], counter[2], counter[3] = 0, 1, index
        philox.state = state
        yield draw(glyphs.pictures[glyph], options, random)


@functools.lru_cache(maxsize=8)
def _glyphs(data: str, split: str, splits: tuple[str, ...]) -> Glyphs:
    return sources.load(DataOptions.model_validate_json(data).source, splits=splits)[split]


def _key(seed: int, split: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{split}".encode()).digest()[:16], "big")


@functools.lru_cache(maxsize=8)
def _order(key: int, count: int) -> NDArray[np.int64]:
    """A fixed shuffle: every glyph is drawn as often as any other, give or take one."""
    return np.random.Generator(np.random.Philox(key=key)).permutation(count)


def as_example(picture: Picture, *, label: int, source_id: str) -> bytes:
    """Serializes a picture and its facts as a tf.Example with the keys of `vocabulary.features`."""
    height, width = picture.pixels.shape[:2]
    xmin, ymin, xmax, ymax = picture.box
    written, png = cv2.imencode(".png", picture.pixels)
    if not written:
        raise ValueError(f"a picture of {picture.pixels.shape} could not be written as PNG")
    example = tf.train.Example()
    feature = example.features.feature
    feature[features.IMAGE].bytes_list.value.append(png.tobytes())
    feature[features.FORMAT].bytes_list.value.append(b"png")
    feature[features.SOURCE_ID].bytes_list.value.append(source_id.encode())
    feature[features.HEIGHT].int64_list.value.append(height)
    feature[features.WIDTH].int64_list.value.append(width)
    feature[features.LABEL].int64_list.value.append(label)
    feature[features.CLUTTER].int64_list.value.append(picture.clutter)
    feature[features.XMIN].float_list.value.append(xmin / width)
    feature[features.YMIN].float_list.value.append(ymin / height)
    feature[features.XMAX].float_list.value.append(xmax / width)
    feature[features.YMAX].float_list.value.append(ymax / height)
    feature[features.SCALE].float_list.value.append(picture.scale)
    feature[features.ROTATION].float_list.value.append(picture.rotation)
    feature[features.CONTRAST].float_list.value.append(picture.contrast)
    feature[features.NOISE].float_list.value.append(picture.noise)
    return example.SerializeToString(deterministic=True)
