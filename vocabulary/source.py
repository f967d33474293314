"""What ExampleGen asks of a source of pictures, and no more. A source knows no task."""

from typing import Protocol


class Source(Protocol):
    """Pictures with their truth, by split.

    What it gives is a function of its options, the split's name and the indices alone, so that any
    number of workers, each with a source of its own, writes the same bytes.
    """

    def count(self, split: str, *, asked: int) -> int:
        """How many pictures a split has, for which the config asks for so many."""

    def examples(self, split: str, start: int, stop: int) -> list[bytes]:
        """The tf.Examples of a range of indices below `count`, serialized, in order."""
