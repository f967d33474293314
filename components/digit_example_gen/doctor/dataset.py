"""What the doctor examines: pictures with their labels, in a folder or in TFRecords.

The pictures lie in parts, each of which a worker opens by itself.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

from vocabulary.labels.files import Folder, for_each
from vocabulary.labels.record import Annotated, Labels
from vocabulary.pictures import UnreadableError

T = TypeVar("T")
Read = Callable[[], bytes]
"""Gives what a picture's file holds; raises UnreadableError if it cannot be read."""

PICTURES_AT_ONCE: Final = 32


@runtime_checkable
class Part(Protocol):
    """Some of the pictures."""

    def each(self, function: Callable[[Annotated, Read], T]) -> Sequence[T]:
        """What a function gives for each of them, in their order."""


class Dataset(Protocol):
    """All pictures, and their labels.

    Attributes:
        root: where they lie.
        labels: all of them; `form` is what they are written in.
        names: of the files that are pictures, if they have names of their own.
    """

    root: str
    labels: Labels
    names: Sequence[str]

    def parts(self, wanted: Collection[str] | None = None) -> Iterator[Part]:
        """The parts, with the pictures of these paths alone if some are wanted."""


@dataclass(frozen=True)
class FolderPart:
    """Some pictures of a folder, which is listed without them."""

    folder: Folder
    records: Sequence[Annotated]

    def each(self, function: Callable[[Annotated, Read], Any]) -> Sequence[Any]:
        """See `Part`; files that are far away are read at the same time."""
        records = {record.path: record for record in self.records}
        read = self.folder.picture
        return for_each(lambda path: function(records[path], lambda: read(path)), records)


class FolderDataset:
    """A folder of pictures."""

    def __init__(self, folder: Folder, labels: Labels):
        self.root, self.labels = folder.root, labels
        self.names: Sequence[str] = folder.pictures()

    def parts(self, wanted: Collection[str] | None = None) -> Iterator[Part]:
        """See `Dataset`."""
        records = self.labels.records
        if wanted is not None:
            records = [record for record in records if record.path in wanted]
        for start in range(0, len(records), PICTURES_AT_ONCE):
            part = records[start : start + PICTURES_AT_ONCE]
            yield FolderPart(Folder(self.root, ()), part)


def read_pictures(
    dataset: Dataset, wanted: Collection[str] | None = None
) -> Iterator[tuple[Annotated, bytes]]:
    """The pictures that can be read, one part after the other."""
    for part in dataset.parts(wanted):
        yield from (one for one in part.each(_read) if one)


def _read(record: Annotated, read: Read) -> tuple[Annotated, bytes] | None:
    try:
        return record, read()
    except UnreadableError:
        return None
