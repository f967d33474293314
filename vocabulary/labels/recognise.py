"""Reads the labels of a folder in whichever format they are."""

from collections.abc import Mapping, Sequence
from typing import Final

from vocabulary.classes import LONGEST
from vocabulary.errors import UserError
from vocabulary.labels import coco, voc, yolo
from vocabulary.labels.files import Folder, list_folder
from vocabulary.labels.places import (
    Pictures,
    split_of_folder,
    split_of_lists,
)
from vocabulary.labels.record import Annotated, Finding, Labels
from vocabulary.pictures import SUFFIXES

_FORMATS: Final = (coco, voc, yolo)
_TITLES: Final = {
    coco.FORM: "COCO's JSON",
    voc.FORM: "Pascal VOC's XML",
    yolo.FORM: "YOLO's text",
}


def read_labels(path: str) -> tuple[Folder, Labels]:
    """The files of a folder, and their labels.

    Raises:
        UserError: if it is no folder, or has no pictures, no labels, or labels in two formats.
    """
    folder = list_folder(path)
    if not folder.pictures():
        raise UserError(f"{path} has no picture; they end in {', '.join(SUFFIXES)}")
    files = {module.FORM: module.find(folder) for module in _FORMATS}
    there = [form for form, found in files.items() if found]
    if not there:
        known = ", ".join(_TITLES[form] for form in files)
        raise UserError(f"{path} has pictures and no labels; known are {known}")
    if len(there) > 1:
        some = " and ".join(f"{_TITLES[form]} ({files[form][0]})" for form in there)
        raise UserError(f"{path} has labels in two formats: {some}; keep one of them")
    [module] = [module for module in _FORMATS if module.FORM in there]
    labels = module.read(folder)
    labels.findings += folder.findings
    # Each object of a class with a longer name is an error.
    labels.classes = tuple(name for name in labels.classes if len(name) <= LONGEST)
    lists = split_of_lists(folder, Pictures(folder))
    labels.records = [_with_split(record, lists, labels) for record in labels.records]
    return folder, labels


def _with_split(record: Annotated, lists: Mapping[str, Sequence[str]], labels: Labels) -> Annotated:
    """As a list says, else the label, else the folders of the path; two lists are an error."""
    splits = lists.get(record.path, ())
    if len(splits) > 1:
        labels.findings.append(
            Finding("error", record.path, "", f"is in the lists of {' and '.join(splits)}",
                    "leave it in one", record.path)
        )  # fmt: skip
    stated = splits[0] if splits else record.split or split_of_folder(record.path)
    return record._replace(split=stated)
