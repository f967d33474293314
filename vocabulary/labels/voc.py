"""Labels in Pascal VOC's format, as LabelImg writes it: an XML file for each picture.

Boxes are whole pixels, counted from 1, and `xmax` and `ymax` are the last ones inside: the edges of
a box are xmin - 1 and xmax of the width. The XML is read with everything refused that reaches
beyond the file or blows it up.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vocabulary.errors import shown
from vocabulary.labels import places
from vocabulary.labels.files import Folder, for_each
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

FORM: Final = "voc"
_EDGES: Final = ("xmin", "ymin", "xmax", "ymax")


def find(folder: Folder) -> list[str]:
    """The label files, by their names."""
    return folder.ending_in(".xml")


def read(folder: Folder) -> Labels:
    """The labels of a folder."""
    pictures = places.Pictures(folder)
    labels = Labels(FORM)
    label_of: dict[str, str] = {}
    files = find(folder)
    for file, content in zip(files, for_each(folder.bytes_of, files), strict=True):
        try:
            root = _root(content)
        except BoxError as error:
            own = _picture(None, file, pictures) or ""
            labels.findings.append(Finding("error", file, "", error.sentence, error.advice, own))
            label_of.setdefault(own, file)
            continue
        picture = _picture(root.findtext("filename"), file, pictures)
        if picture is None:
            named = root.findtext("filename")
            sentence = pictures.unknown(named) if named else "names no picture"
            labels.findings.append(
                Finding("error", file, "", sentence, "add the picture or remove the label")
            )
        elif picture in label_of:
            labels.findings.append(
                Finding("error", file, "",
                        f"is a second label of {picture}, beside {label_of[picture]}",
                        "keep one", picture)
            )  # fmt: skip
        else:
            label_of[picture] = file
            record, findings = _record(root, file, picture)
            labels.records.append(record)
            labels.findings += findings
    labels.findings += [
        Finding("error", path, "", "has no label", "add its XML file", path)
        for path in pictures.paths
        if path not in label_of
    ]
    there = {one.name for record in labels.records for one in record.objects}
    labels.classes = tuple(sorted(there, key=lambda name: (len(name), name)))
    return labels


def _root(content: bytes) -> Any:
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise BoxError("has a DOCTYPE, which is refused", "remove that line") from None
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BoxError(f"is no XML ({error})", "save the label again") from None
    if root.tag != "annotation":
        raise BoxError(
            f"is no label of Pascal VOC, but <{shown(root.tag)}>",
            "export it as Pascal VOC, or move it elsewhere",
        )
    return root


def _picture(name: str | None, file: str, pictures: places.Pictures) -> str | None:
    """The picture that an XML file names, or else that has its name."""
    found = pictures.named(name, beside=file) if name else None
    if found is None:
        stem = PurePosixPath(file).with_suffix("")
        beside = pictures.of_stem(str(stem))
        found = beside[0] if len(beside) == 1 else None
    return found


def _record(root: Any, file: str, picture: str) -> tuple[Annotated, list[Finding]]:
    findings, objects = [], []
    try:
        size = _size(root)
    except BoxError as error:
        finding = Finding("error", file, "", error.sentence, error.advice, picture)
        return Annotated(picture, ()), [finding]
    for number, element in enumerate(root.findall("object"), start=1):
        place = f" object {number}"
        try:
            name, edges = _parse(element)
            box = inside(_shares(edges, size), slack=(1.001 / size[0], 1.001 / size[1]))
            objects.append(Object(name, box, f"{file}{place}"))
        except BoxError as error:
            findings.append(Finding("error", file, place, error.sentence, error.advice, picture))
            continue
        if min(edges[:2]) < 1:
            findings.append(
                Finding("warning", file, place, "has an edge at 0, and VOC counts from 1",
                        "look whether all of its boxes are a pixel off", picture)
            )  # fmt: skip
    once, repeats = without_repeats(objects)
    findings += [
        Finding("warning", file, one.where.removeprefix(file),
                "stands there before; it counts once", "remove it", picture)
        for one in repeats
    ]  # fmt: skip
    return Annotated(picture, once, size), findings


def _size(root: Any) -> tuple[int, int]:
    """Width and height in pixels."""
    texts = (root.findtext("size/width"), root.findtext("size/height"))
    try:
        width, height = (int(text or "") for text in texts)
    except ValueError:
        width = height = 0
    if not (1 <= width <= LARGEST and 1 <= height <= LARGEST):
        raise BoxError("does not say how large the picture is", "save the label again")
    return width, height


def _parse(element: Any) -> tuple[str, list[float]]:
    """The name of the class, and the four numbers as they stand there."""
    name = " ".join((element.findtext("name") or "").split())
    if not name:
        raise BoxError("has no name of a class", "name it")
    try:
        edges = [float(element.findtext(f"bndbox/{edge}") or "") for edge in _EDGES]
    except ValueError:
        raise BoxError("has not four numbers as its box", "draw the box again") from None
    if max(edges) <= 1 and not all(edge.is_integer() for edge in edges):
        raise BoxError("has a box in shares of the picture", "VOC counts pixels, from 1")
    return class_named(name), edges


def _shares(edges: Sequence[float], size: tuple[int, int]) -> list[float]:
    (xmin, ymin, xmax, ymax), (width, height) = edges, size
    return [(xmin - 1) / width, (ymin - 1) / height, xmax / width, ymax / height]


def write(folder: Path, records: Sequence[Annotated]) -> None:
    """Writes the labels of records that know their size, each beside its picture.

    Edges go to the nearest whole pixels, which are at least one apart.
    """
    for record in records:
        file = (folder / record.path).with_suffix(".xml")
        file.parent.mkdir(parents=True, exist_ok=True)
        root = _as_xml(record)
        ElementTree.indent(root)
        file.write_bytes(ElementTree.tostring(root, encoding="utf-8"))


def _as_xml(record: Annotated) -> ElementTree.Element:
    if record.size is None:
        raise ValueError(f"{record.path} has no size")
    root = ElementTree.Element("annotation")
    ElementTree.SubElement(root, "filename").text = PurePosixPath(record.path).name
    size = ElementTree.SubElement(root, "size")
    for name, pixels in zip(("width", "height"), record.size, strict=True):
        ElementTree.SubElement(size, name).text = str(pixels)
    for name, box, _ in record.objects:
        element = ElementTree.SubElement(root, "object")
        ElementTree.SubElement(element, "name").text = name
        bndbox = ElementTree.SubElement(element, "bndbox")
        for edge, pixel in zip(_EDGES, _pixels(box, record.size), strict=True):
            ElementTree.SubElement(bndbox, edge).text = str(pixel)
    return root


def _pixels(box: Sequence[float], size: tuple[int, int]) -> list[int]:
    low = [min(round(edge * side), side - 1) for edge, side in zip(box[:2], size, strict=True)]
    high = [round(edge * side) for edge, side in zip(box[2:], size, strict=True)]
    return [first + 1 for first in low] + [
        max(last, first + 1) for first, last in zip(low, high, strict=True)
    ]
