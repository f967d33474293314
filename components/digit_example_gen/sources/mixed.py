"""Several sources together, each with a share of every split.

Each part divides its own pictures between splits. One that has fewer than its share repeats them in
`train`, and gives all that it has to any other split.
"""

import bisect
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from components.digit_example_gen import sources
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.source_options import MixedOptions, PartOptions
from components.digit_example_gen.streams import streams_of
from vocabulary import features
from vocabulary.errors import UserError
from vocabulary.part_counts import PartCount
from vocabulary.source import Chunk, Content, LeftOut, Source
from vocabulary.splits import TRAIN

_BLOCK: Final = 1000
"""Turns in which each part has its share, in an order of its own."""
_MOST_BLOCKS: Final = 100_001
"""More than those of the largest split that a config can ask for."""


class Part(NamedTuple):
    """One of the sources.

    Attributes:
        source: the source itself.
        kind: of the source.
        name: its kind, with a number where several parts are of it.
        place: in the config.
        share: of each split.
    """

    source: Source
    kind: str
    name: str
    place: str
    share: float


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """The parts; UserError names the one that cannot be opened."""
    assert isinstance(data.source, MixedOptions)
    names = _names([part.kind for part in data.source.parts])
    places = data.source.places
    parts = [
        Part(_open(data, splits, part, place), part.kind, name, place, part.share)
        for place, part, name in zip(places, data.source.parts, names, strict=True)
    ]
    return Mixed(parts, data.seed)


def _open(data: DataOptions, splits: Sequence[str], part: PartOptions, place: str) -> Source:
    try:
        return sources.open_source(data.model_copy(update={"source": part}), splits)
    except UserError as error:
        raise UserError(f"{place} ({part.kind}): {error}") from error


def _names(kinds: Sequence[str]) -> Iterator[str]:
    counts, seen = Counter(kinds), Counter[str]()
    for kind in kinds:
        seen[kind] += 1
        yield f"{kind}/{seen[kind]}" if counts[kind] > 1 else kind


class Mixed:
    """A `vocabulary.source.Source` of several.

    Parts take turns, whose order depends on the seed, the split and the block of turns alone: the
    first of many examples are those of few. A turn of a part that has no more pictures is none.
    """

    def __init__(self, parts: Sequence[Part], seed: int):
        """Takes the opened parts, whose shares are 1 together."""
        self._parts, self._seed = parts, seed

    def count(self, split: str, *, asked: int) -> int:
        """As many as are asked for, less the turns of parts that have no more pictures."""
        block, rest = divmod(asked, _BLOCK)
        of_rest = np.bincount(self._turns(split, block)[:rest], minlength=len(self._parts))
        return self._taken(split, (self._before(block) + of_rest).tolist())

    def examples(self, split: str, start: int, stop: int) -> Chunk:
        """The tf.Examples of a range of indices, with what each part has in it."""
        order = [*self._order(split, start, stop)]
        read = [
            _read(part, split, [turn for one, turn in order if one == number])
            for number, part in enumerate(self._parts)
        ]
        examples = (read[number].examples.get(turn) for number, turn in order)
        return Chunk(
            [example for example in examples if example is not None],
            tuple(itertools.chain.from_iterable(one.left_out for one in read)),
            tuple(itertools.chain.from_iterable(one.contents for one in read)),
            tuple(one.counted for one in read),
        )

    def _order(self, split: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The part of each index of a range, by its number, and which of its turns it is."""

        def first(block: int) -> int:
            return self._taken(split, self._before(block).tolist())

        block = bisect.bisect_right(range(_MOST_BLOCKS), start, key=first) - 1
        index, taken = first(block), self._before(block)
        while index < stop:
            for number in self._turns(split, block).tolist():
                turn = taken[number].item()
                taken[number] += 1
                if self._pictures(split, number, turn + 1) > turn:
                    if start <= index < stop:
                        yield number, turn
                    index += 1
            block += 1

    def _taken(self, split: str, turns: Sequence[int]) -> int:
        """How many pictures parts have, all together, in so many turns each."""
        return sum(self._pictures(split, number, some) for number, some in enumerate(turns))

    def _pictures(self, split: str, number: int, turns: int) -> int:
        """How many pictures a part has in its first turns."""
        if split == TRAIN:
            return turns
        return min(turns, self._parts[number].source.count(split, asked=turns))

    def _before(self, block: int) -> NDArray[np.int64]:
        """The turns of each part before a block; the largest takes what rounding leaves."""
        shares = np.array([part.share for part in self._parts])
        turns = np.rint(block * _BLOCK * shares / shares.sum()).astype(np.int64)
        turns[shares.argmax()] += block * _BLOCK - turns.sum()
        return turns

    def _turns(self, split: str, block: int) -> NDArray[np.int64]:
        """The parts whose turns those of a block are, by number: int64 [1000]."""
        each = self._before(block + 1) - self._before(block)
        random = streams_of(self._seed, split, block)("part")
        return random.permutation(np.arange(len(each)).repeat(each))


class _Read(NamedTuple):
    """What turns of a part have become; `examples` are by turn."""

    examples: dict[int, bytes]
    left_out: list[LeftOut]
    contents: list[Content]
    counted: PartCount


def _read(part: Part, split: str, turns: Sequence[int]) -> _Read:
    """Reads consecutive turns; of repeats, the examples alone."""
    read = _Read({}, [], [], PartCount(split, part.name, 0, 0, 0))
    if not turns:
        return read
    total = part.source.count(split, asked=turns[-1] + 1)
    repeats = 0
    for lap, some in itertools.groupby(turns, key=lambda turn: turn // total):
        first, *_, last = [turn % total for turn in some] * 2
        chunk = part.source.examples(split, first, last + 1)
        missing = {one.position for one in chunk.left_out}
        there = [lap * total + index for index in range(first, last + 1) if index not in missing]
        read.examples.update(zip(there, (_named(one, part) for one in chunk.examples), strict=True))
        if lap:
            repeats += len(chunk.examples)
            continue
        read.left_out.extend(
            one._replace(picture=f"{part.name}/{one.picture}", source=part.place)
            for one in chunk.left_out
        )
        read.contents.extend(
            one._replace(picture=f"{part.name}/{one.picture}") for one in chunk.contents
        )
    counted = PartCount(split, part.name, len(read.examples) - repeats, repeats, len(read.left_out))
    return read._replace(counted=counted)


def _named(serialized: bytes, part: Part) -> bytes:
    """An example with the part's name before its id, and before what is of several folders."""
    example = tf.train.Example.FromString(serialized)
    feature = example.features.feature
    id_, source = (feature[key].bytes_list.value for key in (features.ID, features.SOURCE_ID))
    id_[0] = f"{part.name}/".encode() + id_[0]
    if part.name != part.kind:
        source[0] = part.name.encode() + source[0].removeprefix(part.kind.encode())
    return example.SerializeToString(deterministic=True)
