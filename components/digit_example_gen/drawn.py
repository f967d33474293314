"""Drawn pictures: a source made of glyphs and a scene, with as many pictures as are asked for."""

import functools
import itertools
from collections.abc import Iterator, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.example import Labelled, as_examples
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.picture import Picture, Pixels, draw
from components.digit_example_gen.scene import Scene, draw_grain, draw_scenes
from components.digit_example_gen.streams import streams_of
from vocabulary.facts import FACTS

_BLOCK = 1000
"""Indices that share random streams; part of the format, as the size of shards is not."""
_ID_DIGITS = 6
"""Of an index in `image/id`; larger ones have more."""


class Drawn:
    """A `vocabulary.source.Source`: each glyph of a split is drawn as often as any other."""

    def __init__(self, data: DataOptions, glyphs: Mapping[str, Glyphs]):
        """Draws the glyphs of each split as `data` says."""
        self._data, self._glyphs = data, glyphs

    def count(self, split: str, *, asked: int) -> int:
        """As many as are asked for."""
        return asked

    def examples(self, split: str, start: int, stop: int) -> list[bytes]:
        """The tf.Examples of a range of indices.

        First all are drawn, then all are encoded: taken in turns, the two push each other out of
        the processor's cache, which costs a tenth.
        """
        glyphs = self._glyphs[split]
        pictures, chosen = self.pictures(split, start, stop)
        ids = [f"{split}/{index:0{_ID_DIGITS}d}" for index in range(start, stop)]
        return list(as_examples(map(label, pictures, ids, map(glyphs.one, chosen))))

    def pictures(self, split: str, start: int, stop: int) -> tuple[list[Picture], list[int]]:
        """The pictures of a range of indices; also which glyph is in each."""
        data = self._data.model_copy(update={"scene": self._data.scene_of(split)})
        glyphs = self._glyphs[split].pictures
        order = _order(data.seed, split, len(glyphs))
        chosen = [order.item(index % len(order)) for index in range(start, stop)]
        scenes = _scenes(data, split, start, stop)
        pictures = [
            draw(glyphs[glyph], data, scene, grain, glyphs)
            for glyph, (scene, grain) in zip(chosen, scenes, strict=True)
        ]
        return pictures, chosen


def _scenes(
    data: DataOptions, split: str, start: int, stop: int
) -> Iterator[tuple[Scene, NDArray[np.uint8]]]:
    """The scene of each index, and the grain that its noise is cut from.

    Each block of indices has a table of scenes and a grain of its own.
    """
    for block in range(start // _BLOCK, -(-stop // _BLOCK)):
        first = block * _BLOCK
        streams = streams_of(data.seed, split, block)
        scenes = draw_scenes(data, streams, _BLOCK)
        grain = draw_grain(data, streams)
        for scene in itertools.islice(scenes, max(start - first, 0), stop - first):
            yield scene, grain


@functools.lru_cache(maxsize=8)
def _order(seed: int, split: str, count: int) -> NDArray[np.int64]:
    """A fixed shuffle: every glyph is drawn as often as any other, give or take one."""
    return streams_of(seed, split)("glyph").permutation(count)


def label(picture: Picture, id_: str, glyph: tuple[int, str, str]) -> Labelled:
    """A picture with its truth: label, name and form of the glyph that is in it."""
    height, width = picture.pixels.shape[:2]
    xmin, ymin, xmax, ymax = picture.box
    digit, name, form = glyph
    return Labelled(
        id=id_,
        source_id=name,
        form=form,
        encoded=_png(picture.pixels),
        format="png",
        size=(height, width),
        labels=(digit,),
        texts=(str(digit),),
        boxes=((xmin / width, ymin / height, xmax / width, ymax / height),),
        facts={fact.name: getattr(picture.scene, fact.name) for fact in FACTS},
        ink=None if picture.ink is None else _png(picture.ink),
    )


def _png(pixels: Pixels) -> bytes:
    written, png = cv2.imencode(".png", pixels)
    if not written:
        raise ValueError(f"a picture of {pixels.shape} could not be written as PNG")
    return bytes(png)
