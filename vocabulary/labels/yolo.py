"""Labels in YOLO's format: a text file for each picture, a line for each object.

A line is `CLASS XCENTRE YCENTRE WIDTH HEIGHT`, the last four as shares of the picture. The file is
beside the picture (LabelImg), or in a folder `labels` where the picture is in `images`
(Ultralytics). Names of classes stand in `classes.txt` (CVAT's `obj.names`), or under `names` in
`data.yaml`, of which nothing is executed; where there are none, classes are called by their
numbers.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

import yaml

from vocabulary.boxes import Edges
from vocabulary.errors import shown
from vocabulary.labels import places
from vocabulary.labels.files import Folder, for_each
from vocabulary.labels.record import (
    Annotated,
    BoxError,
    Finding,
    Labels,
    Object,
    class_named,
    inside,
    without_repeats,
)

FORM: Final = "yolo"
CLASSES: Final = "classes.txt"
_NAMES: Final = (CLASSES, "obj.names")
DATA: Final = ("data.yaml", "data.yml", "dataset.yaml")
_LINE: Final = "CLASS XCENTRE YCENTRE WIDTH HEIGHT, the last four as shares of the picture"
_MOST_CLASSES: Final = 2**31
_MOST_NAMES: Final = 10_000


def find(folder: Folder) -> list[str]:
    """The label files, by their names: text beside a picture, or in a folder `labels`."""
    pictures = places.Pictures(folder)
    not_labels = places.lists(folder, pictures)
    return [
        file
        for file in folder.ending_in(".txt")
        if PurePosixPath(file).name.lower() != CLASSES
        and file not in not_labels
        and (_pictures_of(file, pictures) or _looks_like_labels(folder, file))
    ]


def _looks_like_labels(folder: Folder, file: str) -> bool:
    """Whether a text file that no picture has would be a label: a note or a licence is none."""
    lines = folder.text_of(file).splitlines()
    words = lines[0].split() if lines else []
    return len(words) == 5 and all(map(_is_number, words))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _pictures_of(file: str, pictures: places.Pictures) -> list[str]:
    stem = file.removesuffix(PurePosixPath(file).suffix)
    parts = stem.split("/")
    found = pictures.of_stem(stem)
    if "labels" in parts[:-1]:
        last = len(parts) - 1 - parts[::-1].index("labels")
        found = [*found, *pictures.of_stem("/".join([*parts[:last], "images", *parts[last + 1 :]]))]
    return found


def read(folder: Folder) -> Labels:
    """The labels of a folder."""
    pictures = places.Pictures(folder)
    names = _Names(folder)
    labels = Labels(FORM, findings=names.findings)
    label_of: dict[str, str] = {}
    splits = names.splits()
    files = find(folder)
    for file, text in zip(files, for_each(folder.text_of, files), strict=True):
        found = _pictures_of(file, pictures)
        if not found:
            labels.findings.append(
                Finding("error", file, "", "has no picture", "add the picture or remove the label")
            )
        if len(found) > 1:
            labels.findings.append(
                Finding("warning", file, "", f"is the label of {' and of '.join(found)}",
                        "give each picture a name of its own")
            )  # fmt: skip
        for path in found:
            if path in label_of:
                labels.findings.append(_second(file, label_of[path], path))
                continue
            label_of[path] = file
            objects, findings = _objects(file, text, names.of(file), path)
            labels.records.append(Annotated(path, objects, split=_split(path, splits)))
            labels.findings += findings
    labels.findings += [
        Finding("error", path, "", "has no label",
                f"add a text file of its name, empty where there is no object; a line is {_LINE}",
                path)
        for path in pictures.paths
        if path not in label_of
    ]  # fmt: skip
    there = {one.name for record in labels.records for one in record.objects}
    labels.classes = names.all() or tuple(sorted(there, key=lambda name: (len(name), name)))
    return labels


def _second(file: str, first: str, picture: str) -> Finding:
    return Finding(
        "error", file, "", f"is a second label of {picture}, beside {first}", "keep one", picture
    )


def _split(path: str, splits: Mapping[str, str]) -> str | None:
    return next((split for place, split in splits.items() if path.startswith(place)), None)


def _objects(
    file: str, text: str, names: Sequence[str], picture: str
) -> tuple[tuple[Object, ...], list[Finding]]:
    objects, findings = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            name, box = _parse(line.split(), names)
            objects.append(Object(name, box, f"{file}:{number}"))
        except BoxError as error:
            findings.append(
                Finding("error", file, f":{number}", error.sentence, error.advice, picture)
            )
    once, repeats = without_repeats(objects)
    findings += [
        Finding("warning", file, one.where.removeprefix(file),
                "stands there before; it counts once", "remove the line", picture)
        for one in repeats
    ]  # fmt: skip
    return once, findings


def _parse(words: Sequence[str], names: Sequence[str]) -> tuple[str, Edges]:
    """The name of the class, and the box."""
    try:
        class_, *numbers = map(float, words)
    except ValueError:
        raise BoxError("is no label", f"a line is {_LINE}") from None
    if len(numbers) > 5 and len(numbers) % 2 == 0:
        raise BoxError("is a polygon", "export boxes, not shapes")
    if len(numbers) != 4:
        raise BoxError(f"has {len(words)} numbers, not five", f"a line is {_LINE}")
    x, y, width, height = numbers
    if 2 < max(numbers) < math.inf:
        unit = "percent" if max(numbers) <= 100 else "pixels"
        raise BoxError(
            f"has numbers above 1, which look like {unit}", "write them as shares of the picture"
        )
    box = inside((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return _name(class_, names), box


def _name(class_: float, names: Sequence[str]) -> str:
    if not (class_.is_integer() and 0 <= class_ < _MOST_CLASSES):
        raise BoxError(f"has the class {class_:g}", "classes are whole numbers from 0")
    if names and class_ >= len(names):
        raise BoxError(
            f"has the class {class_:.0f}, and there are {len(names)} names of classes",
            f"add its name to {CLASSES} or data.yaml, or mend the class",
        )
    return class_named(names[int(class_)]) if names else f"{class_:.0f}"


class _Names:
    """The names of classes, from data.yaml or the nearest classes.txt."""

    def __init__(self, folder: Folder):
        self.findings: list[Finding] = []
        self._data = next((f for f in folder.files if PurePosixPath(f).name in DATA), "")
        self._entries = self._read_data(folder) if self._data else {}
        self._names = _listed(self._entries.get("names"))
        if self._data and self._names is None:
            self._warn(self._data, "has no names of classes", "list them under names")
        self._files: dict[str, tuple[str, ...]] = {}
        for file in folder.files:
            if PurePosixPath(file).name.lower() in _NAMES:
                names = tuple(_lines_of(folder.text_of(file)))
                self._files[PurePosixPath(file).parent.as_posix()] = names
                self._check(file, names)
        self._check(self._data, self._names or ())

    def _check(self, file: str, names: Sequence[str]) -> None:
        if any("\ufffd" in name for name in names):
            self._warn(file, "is not UTF-8", "save it as UTF-8")
        for name, count in Counter(names).items():
            if count > 1:
                self._warn(file, f"names the class {shown(name)} {count} times",
                           "each of its numbers is that class")  # fmt: skip

    def _warn(self, file: str, sentence: str, advice: str) -> None:
        self.findings.append(Finding("warning", file, "", sentence, advice))

    def _read_data(self, folder: Folder) -> dict[str, Any]:
        try:
            entries = yaml.safe_load(folder.text_of(self._data))
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            place = getattr(error, "problem_mark", None)
            line = f":{place.line + 1}" if place else ""
            self.findings.append(
                Finding("warning", self._data, line, "is no plain YAML, and is not used", "mend it")
            )
            return {}
        return entries if isinstance(entries, dict) else {}

    def of(self, file: str) -> tuple[str, ...]:
        """Those that the classes in a label file are numbers of; none if there is no list."""
        if self._names:
            return self._names
        for place in PurePosixPath(file).parents:
            for candidate in (place, *(() if place.name != "labels" else (place.parent,))):
                if candidate.as_posix() in self._files:
                    return self._files[candidate.as_posix()]
        return ()

    def all(self) -> tuple[str, ...]:
        """All names, each once."""
        names = self._names or (name for of in self._files.values() for name in of)
        return tuple(dict.fromkeys(names))

    def splits(self) -> dict[str, str]:
        """The split of each place that data.yaml names, a folder or the beginning of a path."""
        found = {}
        base = _place(self._entries.get("path"))
        root = PurePosixPath(self._data).parent.as_posix()
        for key, split in places.SPLITS.items():
            entry = self._entries.get(key)
            for one in entry if isinstance(entry, list) else [entry]:
                place = _place(one)
                if place and not place.endswith(".txt"):
                    for above in dict.fromkeys((root, ".", f"{root}/{base}", base)):
                        joined = PurePosixPath(above, place).as_posix()
                        found[f"{joined}/"] = split
        return found


def _lines_of(text: str) -> Iterator[str]:
    """The names in lines, which tools count with the empty ones among them."""
    for number, line in enumerate(text.rstrip().splitlines()):
        yield line.strip() or f"{number}"


def _place(entry: object) -> str:
    """A path of data.yaml within the folder, whichever folder it was written in."""
    path = entry if isinstance(entry, str) else ""
    return "/".join(part for part in path.split("/") if part not in ("", ".", ".."))


def _listed(names: object) -> tuple[str, ...] | None:
    if isinstance(names, list):
        names = dict(enumerate(names))
    if not (isinstance(names, dict) and names and all(key in range(_MOST_NAMES) for key in names)):
        return None
    # A list of lists of lists, which references make of a few lines, is larger than any memory.
    if not all(isinstance(name, str | int | float) for name in names.values()):
        return None
    return tuple(str(names.get(key, key)) for key in range(max(names) + 1))


def write(folder: Path, records: Sequence[Annotated], classes: Sequence[str]) -> None:
    """Writes the labels of records, each beside its picture, and `classes.txt`."""
    for record in records:
        file = (folder / record.path).with_suffix(".txt")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(_lines(record, classes)))
    write_names(folder, classes)


def write_names(folder: Path, classes: Sequence[str]) -> None:
    """Writes `classes.txt`."""
    (folder / CLASSES).write_text("".join(f"{name}\n" for name in classes))


def _lines(record: Annotated, classes: Sequence[str]) -> Iterator[str]:
    for name, (xmin, ymin, xmax, ymax), _ in record.objects:
        numbers = (xmin + xmax) / 2, (ymin + ymax) / 2, xmax - xmin, ymax - ymin
        yield f"{classes.index(name)} {' '.join(f'{number:.9f}' for number in numbers)}\n"
