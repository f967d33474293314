"""Synthesis as Beam transforms: shards of examples, each a pure function of its index.

An example depends on the options, the split's name and its index alone, and a shard on a range of
indices, so any number of workers on any runner writes the same files, byte for byte. Nothing but
the ranges is shuffled, which keeps memory flat however many examples there are.
"""

import functools
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import apache_beam as beam
import cv2
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from components.digit_example_gen import sources
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.picture import Picture, draw
from components.digit_example_gen.scene import Scene, draw_grain, draw_scenes
from vocabulary import features

EXAMPLES_PER_SHARD: Final = 1000
_BLOCK = 1000
"""Indices that share a generator; part of the format, as the size of shards is not."""
_ID_DIGITS = 6
"""Of an index in `image/id`; larger ones have more."""


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
    pictures, chosen = draw_pictures(recipe, start, stop)
    return as_examples(
        pictures,
        ids=[f"{recipe.split}/{index:0{_ID_DIGITS}d}" for index in range(start, stop)],
        labels=glyphs.labels[chosen].tolist(),
        source_ids=glyphs.names[chosen].tolist(),
        forms=glyphs.forms[chosen].tolist(),
    )


def draw_pictures(recipe: Recipe, start: int, stop: int) -> tuple[list[Picture], list[int]]:
    """Draws the pictures of a range of indices; also gives which glyph is in each."""
    data = DataOptions.model_validate_json(recipe.data)
    data = data.model_copy(update={"scene": data.scene_of(recipe.split)})
    glyphs = _glyphs(recipe.data, recipe.split, recipe.splits).pictures
    key = _key(data.seed, recipe.split)
    order = _order(key, len(glyphs))
    chosen = [order.item(index % len(order)) for index in range(start, stop)]
    scenes = _scenes(data, key, start, stop)
    pictures = [
        draw(glyphs[glyph], data, scene, grain)
        for glyph, (scene, grain) in zip(chosen, scenes, strict=True)
    ]
    return pictures, chosen


def _scenes(
    data: DataOptions, key: int, start: int, stop: int
) -> Iterator[tuple[Scene, NDArray[np.uint8]]]:
    """The scene of each index, and the grain that its noise is cut from.

    Each block of indices has a table of scenes and a grain of its own.
    """
    for block in range(start // _BLOCK, -(-stop // _BLOCK)):
        first = block * _BLOCK
        random = np.random.default_rng([key, block])
        scenes = draw_scenes(data, random, _BLOCK)
        grain = draw_grain(data, random)
        for scene in itertools.islice(scenes, max(start - first, 0), stop - first):
            yield scene, grain


@functools.lru_cache(maxsize=8)
def _glyphs(data: str, split: str, splits: tuple[str, ...]) -> Glyphs:
    return sources.load(DataOptions.model_validate_json(data).source, splits=splits)[split]


def _key(seed: int, split: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{split}".encode()).digest()[:16], "big")


@functools.lru_cache(maxsize=8)
def _order(key: int, count: int) -> NDArray[np.int64]:
    """A fixed shuffle: every glyph is drawn as often as any other, give or take one."""
    return np.random.default_rng(key).permutation(count)


def as_examples(
    pictures: Sequence[Picture],
    *,
    ids: Sequence[str],
    labels: Sequence[int],
    source_ids: Sequence[str],
    forms: Sequence[str],
) -> list[bytes]:
    """Serializes pictures and their facts as tf.Examples with the keys of `vocabulary.features`."""
    example = tf.train.Example()
    values = _blank(example)
    serialized = []
    known = zip(ids, source_ids, forms, strict=True)
    for picture, label, names in zip(pictures, labels, known, strict=True):
        for slot, value in zip(values, _facts(picture, label, names), strict=True):
            slot[0] = value
        serialized.append(example.SerializeToString(deterministic=True))
    return serialized


_BYTES = (features.IMAGE, features.FORMAT, features.ID, features.SOURCE_ID, features.FORM)
_INTS = (features.HEIGHT, features.WIDTH, features.LABEL, features.CLUTTER)
_FLOATS = (*features.BOX, features.SCALE, features.ROTATION, features.CONTRAST, features.NOISE)


def _blank(example: tf.train.Example) -> list[Any]:
    """Gives each feature a value to be overwritten, and the places of these values.

    Filling one message again and again takes a third of the time of making each anew.
    """
    feature = example.features.feature
    for key in _BYTES:
        feature[key].bytes_list.value.append(b"")
    for key in _INTS:
        feature[key].int64_list.value.append(0)
    for key in _FLOATS:
        feature[key].float_list.value.append(0.0)
    return [
        *(feature[key].bytes_list.value for key in _BYTES),
        *(feature[key].int64_list.value for key in _INTS),
        *(feature[key].float_list.value for key in _FLOATS),
    ]


def _facts(picture: Picture, label: int, names: tuple[str, ...]) -> tuple[Any, ...]:
    """The values in the order of `_BYTES`, `_INTS` and `_FLOATS`."""
    pixels, (xmin, ymin, xmax, ymax), scene = picture
    height, width = pixels.shape[:2]
    written, png = cv2.imencode(".png", pixels)
    if not written:
        raise ValueError(f"a picture of {pixels.shape} could not be written as PNG")
    return (
        *(png.tobytes(), b"png", *(name.encode() for name in names)),
        *(height, width, label, len(scene.strays)),
        *(xmin / width, ymin / height, xmax / width, ymax / height),
        *(scene.scale, scene.rotation, scene.contrast, scene.noise),
    )
