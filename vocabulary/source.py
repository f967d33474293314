"""What ExampleGen asks of a source of pictures, and no more. A source knows no task."""

from typing import NamedTuple, Protocol

from vocabulary.part_counts import PartCount


class LeftOut(NamedTuple):
    """A picture that is there and becomes no example.

    Attributes:
        picture: its name.
        reason: the end of a sentence that begins with the name.
        fault: whether it is bad; else it is good, and of no use for the task.
        position: its index in its split.
        source: the place in the config of the source that it is from.
    """

    picture: str
    reason: str
    fault: bool
    position: int
    source: str = "source"


class Content(NamedTuple):
    """What a picture shows, as a digest of its pixels, and its name."""

    digest: str
    picture: str


class Chunk(NamedTuple):
    """What a range of indices has become.

    Attributes:
        examples: tf.Examples, serialized, in order.
        left_out: indices that have no example.
        contents: of pictures that could be in two splits under two names.
        parts: how many pictures of each part of a mixed source there are.
    """

    examples: list[bytes]
    left_out: tuple[LeftOut, ...] = ()
    contents: tuple[Content, ...] = ()
    parts: tuple[PartCount, ...] = ()


class Source(Protocol):
    """Pictures with their truth, by split.

    What it gives is a function of its options, the split's name and the indices alone, so that any
    number of workers, each with a source of its own, writes the same bytes. The first of a split
    are a fair sample of all.
    """

    def count(self, split: str, *, asked: int) -> int:
        """How many pictures a split has, for which the config asks for so many."""

    def examples(self, split: str, start: int, stop: int) -> Chunk:
        """A range of indices below `count`, each of which is an example or is left out."""
