"""Labels in COCO's format: JSON files with `images`, `annotations` and `categories`.

A box is [x, y, width, height] in pixels, from 0. A picture that is listed and has no annotation
shows no object. Crowds (`iscrowd`) are no objects.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

from vocabulary.boxes import Edges
from vocabulary.errors import shown
from vocabulary.labels import places
from vocabulary.labels.files import Folder
from vocabulary.labels.record import (
    LARGEST,
    Annotated,
    BoxError,
    Finding,
    Labels,
    Object,
    class_named,
    inside,
    without_repeats,
)

FORM: Final = "coco"
FILE: Final = "annotations.json"
_GROUPS: Final = ("images", "annotations", "categories")


def find(folder: Folder) -> list[str]:
    """The JSON files that are labels, by their content."""
    return [file for file in folder.ending_in(".json") if _is_coco(folder.text_of(file))]


def _is_coco(text: str) -> bool:
    """Whether it has two of the groups at least: one may be missing."""
    return sum(f'"{group}"' in text for group in _GROUPS) > 1


def read(folder: Folder) -> Labels:
    """The labels of a folder."""
    pictures = places.Pictures(folder)
    labels = Labels(FORM)
    named: dict[str, str] = {}
    classes: dict[str, None] = {}
    for file in find(folder):
        reader = _File(file, labels, pictures, named)
        reader.read(folder.text_of(file))
        classes.update(dict.fromkeys(reader.classes))
    labels.classes = tuple(classes)
    labels.findings += [
        Finding("error", path, "", "has no label", "list it under images of a JSON file", path)
        for path in pictures.paths
        if path not in named
    ]
    return labels


class _File:
    """Reads one JSON file into `labels`; `named` is the place that each picture is listed at."""

    def __init__(self, file: str, labels: Labels, pictures: places.Pictures, named: dict[str, str]):
        self._file, self._labels, self._pictures, self._named = file, labels, pictures, named
        self._names: dict[Any, str] = {}

    @property
    def classes(self) -> tuple[str, ...]:
        """In the order of their ids."""
        return tuple(self._names[id_] for id_ in sorted(self._names))

    def read(self, text: str) -> None:
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            place = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            self._find("error", place, "is no JSON", "export it again")
            return
        if not isinstance(content, dict):
            self._find("error", "", "is no JSON object", "export it again")
            return
        images, annotations, categories = (self._group(content, name) for name in _GROUPS)
        self._read_categories(categories)
        records = dict(self._images(images))
        objects: dict[Any, list[Object]] = {id_: [] for id_ in records}
        for index, annotation in enumerate(annotations):
            self._read_annotation(index, annotation, records, objects)
        for id_, record in records.items():
            once, repeats = without_repeats(objects[id_])
            self._labels.records.append(record._replace(objects=once))
            for one in repeats:
                place = one.where.removeprefix(self._file)
                self._find("warning", place, "stands there before; it counts once", "remove it",
                           record.path)  # fmt: skip

    def _find(
        self, severity: Any, place: str, sentence: str, advice: str, picture: str = ""
    ) -> None:
        self._labels.findings.append(
            Finding(severity, self._file, place, sentence, advice, picture)
        )

    def _group(self, content: dict[str, Any], name: str) -> list[dict[str, Any]]:
        """The entries of a group; an entry that is no object is one without keys."""
        group = content.get(name)
        if not isinstance(group, list):
            self._find("error", f" $.{name}", "is no list", "export it again")
            return []
        return [one if isinstance(one, dict) else {} for one in group]

    def _read_categories(self, categories: list[dict[str, Any]]) -> None:
        for index, category in enumerate(categories):
            id_, name = category.get("id"), category.get("name")
            name = " ".join(name.split()) if isinstance(name, str) else ""
            if not (isinstance(id_, int) and name) or id_ in self._names:
                self._find("error", f" $.categories[{index}]",
                           "has not an id of its own and a name", "mend it")  # fmt: skip
            else:
                self._names[id_] = name
        ids = sorted(self._names)
        if ids and ids != list(range(ids[0], ids[0] + len(ids))):
            self._find("note", " $.categories", "has ids with gaps", "classes go by their names")

    def _images(self, images: list[dict[str, Any]]) -> Iterator[tuple[Any, Annotated]]:
        seen = set()
        for index, image in enumerate(images):
            place = f" $.images[{index}]"
            id_, name = image.get("id"), image.get("file_name")
            if not (isinstance(id_, int | str) and isinstance(name, str)) or id_ in seen:
                self._find("error", place, "has not an id of its own and a file_name", "mend it")
                continue
            seen.add(id_)
            path = self._pictures.named(name, beside=self._file)
            if path is None:
                self._find("error", place, self._pictures.unknown(name),
                           "add the picture or remove its entry", name)  # fmt: skip
                continue
            if path in self._named:
                self._find("error", place, f"lists {path}, which {self._named[path]} does too",
                           "keep one", path)  # fmt: skip
                continue
            self._named[path] = f"{self._file}{place}"
            yield id_, Annotated(path, (), _size(image), self._split())

    def _split(self) -> str | None:
        words = (
            PurePosixPath(self._file).stem.lower().replace("-", "_").replace(".", "_").split("_")
        )
        return next((places.SPLITS[word] for word in words if word in places.SPLITS), None)

    def _read_annotation(
        self,
        index: int,
        annotation: dict[str, Any],
        records: dict[Any, Annotated],
        objects: dict[Any, list[Object]],
    ) -> None:
        place = f" $.annotations[{index}]"
        id_ = annotation.get("image_id")
        if not isinstance(id_, int | str) or id_ not in records:
            sentence = f"is of the image {shown(id_)}, which is not listed or not there"
            self._find("error", place, sentence, "list it, or remove the annotation")
        elif annotation.get("iscrowd"):
            self._find("note", place, "is a crowd, and no object", "label each object by itself",
                       records[id_].path)  # fmt: skip
        else:
            record = records[id_]
            try:
                name, box = self._parse(annotation, record.size)
                objects[id_].append(Object(name, box, f"{self._file}{place}"))
            except BoxError as error:
                self._find("error", place, error.sentence, error.advice, record.path)

    def _parse(self, annotation: dict[str, Any], size: tuple[int, int] | None) -> tuple[str, Edges]:
        category, bbox = annotation.get("category_id"), annotation.get("bbox")
        if not isinstance(category, int) or category not in self._names:
            raise BoxError(f"has the category {shown(category)}, which is not listed", "list it")
        if not (isinstance(bbox, list) and len(bbox) == 4 and all(map(_is_number, bbox))):
            raise BoxError("has not four numbers as its bbox", "export boxes")
        if size is None:
            raise BoxError("is of an image without width and height", "add them")
        x, y, width, height = bbox
        if max(bbox) <= 1 and not all(float(number).is_integer() for number in bbox):
            raise BoxError("has a box in shares of the picture", "COCO counts pixels")
        across, down = size
        edges = (x / across, y / down, (x + width) / across, (y + height) / down)
        return class_named(self._names[category]), inside(edges)


def _is_number(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and abs(value) <= LARGEST)


def _size(image: dict[str, Any]) -> tuple[int, int] | None:
    width, height = image.get("width", 0), image.get("height", 0)
    sane = all(isinstance(side, int) and 1 <= side <= LARGEST for side in (width, height))
    return (width, height) if sane else None


def write(folder: Path, records: Sequence[Annotated], classes: Sequence[str]) -> None:
    """Writes the labels of records that know their size as `annotations.json`; ids are from 1."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for record in records:
        if record.size is None:
            raise ValueError(f"{record.path} has no size")
        width, height = record.size
        images.append(
            {"id": len(images) + 1, "file_name": record.path, "width": width, "height": height}
        )
        for name, (xmin, ymin, xmax, ymax), _ in record.objects:
            bbox = [xmin * width, ymin * height, (xmax - xmin) * width, (ymax - ymin) * height]
            annotations.append(
                {"id": len(annotations) + 1, "image_id": len(images), "iscrowd": 0,
                 "category_id": classes.index(name) + 1, "bbox": bbox, "area": bbox[2] * bbox[3],
                 "segmentation": []}  # which CVAT takes no annotation without
            )  # fmt: skip
    categories = [{"id": index, "name": name} for index, name in enumerate(classes, start=1)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps(content))
