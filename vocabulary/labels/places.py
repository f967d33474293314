"""Where things are in a folder: the picture that a label names, and the split of a picture."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from vocabulary.errors import shown
from vocabulary.labels.files import Folder
from vocabulary.splits import EVAL, TRAIN, VALIDATION

SPLITS: Final = {
    "train": TRAIN,
    "training": TRAIN,
    "val": VALIDATION,
    "valid": VALIDATION,
    "validation": VALIDATION,
    "test": EVAL,
    "testing": EVAL,
    "eval": EVAL,
}
"""What folders and lists of a split are called."""


class Pictures:
    """The pictures of a folder, found by what labels call them."""

    def __init__(self, folder: Folder):
        self.paths = folder.pictures()
        self._known = set(self.paths)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            self._by_name[PurePosixPath(path).name].append(path)
            self._by_stem[str(PurePosixPath(path).with_suffix(""))].append(path)

    def named(self, name: str, *, beside: str) -> str | None:
        """The picture that a label file names; None where there is none, or several could be meant.

        A name is looked for beside the file, in the folder, in a folder of pictures next to that of
        the file; then anywhere, as the path that ends most like it: tools write where a picture was
        on their machine, or on their server.
        """
        name = name.replace("\\", "/")
        folder = PurePosixPath(beside).parent
        places = (folder, PurePosixPath("."), *_folders_of_pictures(folder))
        for place in places:
            if (path := (place / name).as_posix()) in self._known:
                return path
        nearest = self._nearest(name)
        return nearest[0] if len(nearest) == 1 else None

    def unknown(self, name: str) -> str:
        """What is wrong with a name that `named` knows no picture of: the end of a sentence."""
        if several := self._nearest(name.replace("\\", "/")):
            return f"names {shown(name)}, which may be {' or '.join(several)}"
        return f"names {shown(name)}, which is not there"

    def _nearest(self, name: str) -> list[str]:
        """The pictures of that name with the most folders above them in common."""
        same = self._by_name.get(PurePosixPath(name).name, [])
        common = {path: _common_end(path, name) for path in same}
        return [path for path in same if common[path] == max(common.values())]

    def of_stem(self, stem: str) -> list[str]:
        """The pictures of a path without its suffix."""
        return self._by_stem.get(stem, [])


def _common_end(first: str, second: str) -> int:
    """How many parts at the end of two paths are the same."""
    pairs = zip(reversed(first.split("/")), reversed(second.split("/")), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _folders_of_pictures(folder: PurePosixPath) -> Iterator[PurePosixPath]:
    for name in ("JPEGImages", "images"):
        yield folder / name
        yield folder.parent / name


def split_of_folder(path: str) -> str | None:
    """The split that the folders of a path name, the innermost of them."""
    for part in reversed(PurePosixPath(path).parts[:-1]):
        if part.lower() in SPLITS:
            return SPLITS[part.lower()]
    return None


def lists(folder: Folder, pictures: Pictures) -> dict[str, str]:
    """The split of each list of pictures, `train.txt` and such, that is no label of a picture."""
    return {
        path: SPLITS[PurePosixPath(path).stem.lower()]
        for path in folder.ending_in(".txt")
        if PurePosixPath(path).stem.lower() in SPLITS
        and not pictures.of_stem(path.removesuffix(".txt"))
    }


def split_of_lists(folder: Folder, pictures: Pictures) -> dict[str, list[str]]:
    """The splits of each picture that a list names, by a path or by its name without the suffix."""
    splits: dict[str, list[str]] = defaultdict(list)
    by_name = {PurePosixPath(path).stem: path for path in pictures.paths}
    for file, split in lists(folder, pictures).items():
        for line in _names(folder.text_of(file)):
            path = pictures.named(line, beside=file) or by_name.get(line)
            if path is not None and split not in splits[path]:
                splits[path].append(split)
    return splits


def _names(text: str) -> Iterable[str]:
    """VOC's lists have a number after the name."""
    lines = (line.strip() for line in text.splitlines())
    return (line.removesuffix(" 1").removesuffix(" -1").rstrip() for line in lines if line)
