"""Drawn pictures: a source made of glyphs and a scene, with as many pictures as are asked for."""

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.example import Edges, Labelled, as_examples
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.picture import Box, Picture, Pixels, draw
from components.digit_example_gen.scene import Scene, Textures, draw_scenes, draw_textures
from components.digit_example_gen.streams import streams_of
from vocabulary.facts import FACTS
from vocabulary.source import Chunk

_BLOCK = 1000
"""Indices that share random streams; part of the format, as the size of shards is not."""
_ID_DIGITS = 6
"""Of an index in `image/id`; larger ones have more."""


class Drawn:
    """A `vocabulary.source.Source`: each glyph of a split is drawn as often as any other."""

    def __init__(self, data: DataOptions, glyphs: Mapping[str, Glyphs]):
        """Draws the digits of each split that are among the classes, as `data` says."""
        self._data = data
        self._glyphs = {split: one.of_classes(data.classes) for split, one in glyphs.items()}
        self._label = functools.partial(label, classes=data.classes)

    def count(self, split: str, *, asked: int) -> int:
        """As many as are asked for."""
        return asked

    def examples(self, split: str, start: int, stop: int) -> Chunk:
        """The tf.Examples of a range of indices.

        First all are drawn, then all are encoded: taken in turns, the two push each other out of
        the processor's cache, which costs a tenth.
        """
        glyphs = self._glyphs[split]
        pictures, chosen = self.pictures(split, start, stop)
        ids = [f"{split}/{index:0{_ID_DIGITS}d}" for index in range(start, stop)]
        labelled = map(self._label, pictures, ids, map(glyphs.one, chosen))
        return Chunk(list(as_examples(labelled)))

    def pictures(self, split: str, start: int, stop: int) -> tuple[list[Picture], list[int]]:
        """The pictures of a range of indices; also which glyph is in each."""
        data = self._data.model_copy(update={"scene": self._data.scene_of(split)})
        glyphs = self._glyphs[split].pictures
        order = _order(data.seed, split, len(glyphs))
        chosen = [order.item(index % len(order)) for index in range(start, stop)]
        scenes = _scenes(data, split, start, stop)
        pictures = [
            draw(glyphs[glyph], data, scene, textures, glyphs)
            for glyph, (scene, textures) in zip(chosen, scenes, strict=True)
        ]
        return pictures, chosen


def _scenes(
    data: DataOptions, split: str, start: int, stop: int
) -> Iterator[tuple[Scene, Textures]]:
    """The scene of each index, and the textures that its own are cut from.

    Each block of indices has a table of scenes and textures of its own.
    """
    for block in range(start // _BLOCK, -(-stop // _BLOCK)):
        first = block * _BLOCK
        streams = streams_of(data.seed, split, block)
        scenes = draw_scenes(data, streams, _BLOCK)
        textures = draw_textures(data, streams)
        for scene in itertools.islice(scenes, max(start - first, 0), stop - first):
            yield scene, textures


@functools.lru_cache(maxsize=8)
def _order(seed: int, split: str, count: int) -> NDArray[np.int64]:
    """A fixed shuffle: every glyph is drawn as often as any other, give or take one."""
    return streams_of(seed, split)("glyph").permutation(count)


def label(
    picture: Picture, id_: str, glyph: tuple[int, str, str], *, classes: Sequence[str]
) -> Labelled:
    """A picture with its truth: label, name and form of the glyph that is in it, if one is."""
    height, width = picture.pixels.shape[:2]
    label_, name, form = glyph if picture.box else (None, id_, "")
    loss = round(picture.scene.compression)
    return Labelled(
        id=id_,
        source_id=name,
        form=form,
        encoded=_jpeg(picture.pixels, 100 - loss) if loss else _png(picture.pixels),
        format="jpeg" if loss else "png",
        size=(height, width),
        labels=() if label_ is None else (label_,),
        texts=() if label_ is None else (classes[label_],),
        boxes=[_shares(picture.box, height, width)] if picture.box else (),
        facts={fact.name: getattr(picture.scene, fact.name) for fact in FACTS},
        ink=None if picture.ink is None else _png(picture.ink),
    )


def _shares(box: Box, height: int, width: int) -> Edges:
    xmin, ymin, xmax, ymax = box
    return xmin / width, ymin / height, xmax / width, ymax / height


def _png(pixels: Pixels) -> bytes:
    return _encoded(".png", pixels, [])


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    return _encoded(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])


def _encoded(ending: str, pixels: Pixels, parameters: list[int]) -> bytes:
    written, encoded = cv2.imencode(ending, pixels, parameters)
    if not written:
        raise ValueError(f"a picture of {pixels.shape} could not be written as {ending}")
    return bytes(encoded)
