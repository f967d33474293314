"""Drawn pictures: a source made of glyphs and a scene, with as many pictures as are asked for."""

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from components.digit_example_gen.example import Labelled, as_examples
from components.digit_example_gen.glyphs import Glyphs
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.picture import Picture, draw, draw_strip
from components.digit_example_gen.scene import Scene, Textures, draw_scenes, draw_textures
from components.digit_example_gen.shape import Box, Pixels
from components.digit_example_gen.streams import streams_of
from components.digit_example_gen.strip import Line, draw_lines
from vocabulary.boxes import Edges
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
        shown = ([glyphs.one(glyph) for glyph in some] for some in chosen)
        labelled = map(self._label, pictures, ids, shown)
        return Chunk(list(as_examples(labelled)))

    def pictures(self, split: str, start: int, stop: int) -> tuple[list[Picture], list[list[int]]]:
        """The pictures of a range of indices; also which glyphs are in each, from the left."""
        data = self._data.model_copy(update={"scene": self._data.scene_of(split)})
        glyphs = self._glyphs[split].pictures
        places = range(data.scene.digits[1])
        orders = [_order(data.seed, split, len(glyphs), place) for place in places]
        pictures, chosen = [], []
        scenes = _scenes(data, split, start, stop)
        for index, (scene, line, textures) in zip(range(start, stop), scenes, strict=True):
            some = [order.item(index % len(order)) for order in orders]
            if line is None:
                picture = draw(glyphs[some[0]], data, scene, textures, glyphs)
            else:
                picture = draw_strip(glyphs[some], data, scene, line, textures, glyphs)
            pictures.append(picture)
            chosen.append(some[: len(picture.boxes)])
        return pictures, chosen


def _scenes(
    data: DataOptions, split: str, start: int, stop: int
) -> Iterator[tuple[Scene, Line | None, Textures]]:
    """The scene of each index, its line in a strip, and the textures that its own are cut from.

    Each block of indices has a table of scenes and textures of its own.
    """
    for block in range(start // _BLOCK, -(-stop // _BLOCK)):
        first = block * _BLOCK
        streams = streams_of(data.seed, split, block)
        scenes = draw_scenes(data, streams, _BLOCK)
        strip = data.scene.is_strip
        lines = draw_lines(data, streams, _BLOCK) if strip else itertools.repeat(None)
        textures = draw_textures(data, streams)
        both = zip(scenes, lines, strict=False)
        for scene, line in itertools.islice(both, max(start - first, 0), stop - first):
            yield scene, line, textures


@functools.lru_cache(maxsize=64)
def _order(seed: int, split: str, count: int, place: int) -> NDArray[np.int64]:
    """A fixed shuffle: every glyph is as often at a place as any other, give or take one."""
    return streams_of(seed, split)(f"glyph {place}" if place else "glyph").permutation(count)


def label(
    picture: Picture,
    id_: str,
    glyphs: Sequence[tuple[int, str, str]],
    *,
    classes: Sequence[str],
) -> Labelled:
    """A picture with its truth: label, name and form of each glyph that is in it."""
    height, width = picture.pixels.shape[:2]
    labels = [label for label, _, _ in glyphs]
    forms = {form for _, _, form in glyphs}
    facts = {fact.name: getattr(picture.scene, fact.name) for fact in FACTS}
    loss = round(picture.scene.compression)
    return Labelled(
        id=id_,
        source_id=" ".join(name for _, name, _ in glyphs) or id_,
        form=forms.pop() if len(forms) == 1 else "",
        encoded=_jpeg(picture.pixels, 100 - loss) if loss else _png(picture.pixels),
        format="jpeg" if loss else "png",
        size=(height, width),
        labels=labels,
        texts=[classes[label] for label in labels],
        boxes=[_shares(box, height, width) for box in picture.boxes],
        facts={name: value for name, value in facts.items() if value is not None},
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
