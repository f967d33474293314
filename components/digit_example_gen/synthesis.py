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
    return Shard(name, list(draw_examples(recipe, start, stop)))


def draw_examples(recipe: Recipe, start: int, stop: int) -> Iterator[bytes]:
    """Draws the serialized tf.Examples of a range of indices."""
    data = DataOptions.model_validate_json(recipe.data)
    glyphs = _glyphs(recipe.data, recipe.split, recipe.splits)
    key = _key(data.seed, recipe.split)
    order = _order(key, len(glyphs))
    philox = np.random.Philox(key=key)
    random, state = np.random.Generator(philox), philox.state
    for index in range(start, stop):
        # A counter of its own for each index; setting it costs a tenth of a new generator.
        state["state"]["counter"][:] = 0, 0, 1, index
        philox.state = state
        chosen = order[index % len(order)]
        picture = draw(glyphs.pictures[chosen], data, random)
        yield as_example(
            picture, label=int(glyphs.labels[chosen]), source_id=str(glyphs.names[chosen])
        )


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
    for key, text in (
        (features.IMAGE, png.tobytes()),
        (features.FORMAT, b"png"),
        (features.SOURCE_ID, source_id.encode()),
    ):
        feature[key].bytes_list.value.append(text)
    for key, number in (
        (features.HEIGHT, height),
        (features.WIDTH, width),
        (features.LABEL, label),
        (features.CLUTTER, picture.clutter),
    ):
        feature[key].int64_list.value.append(number)
    for key, value in (
        (features.XMIN, xmin / width),
        (features.YMIN, ymin / height),
        (features.XMAX, xmax / width),
        (features.YMAX, ymax / height),
        (features.SCALE, picture.scale),
        (features.ROTATION, picture.rotation),
        (features.CONTRAST, picture.contrast),
        (features.NOISE, picture.noise),
    ):
        feature[key].float_list.value.append(value)
    return example.SerializeToString(deterministic=True)
