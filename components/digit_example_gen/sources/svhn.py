"""Street View House Numbers, from the files that were published, unpacked in a folder.

A full picture is cut around all digits of the number, as I. Goodfellow et al. 2013 did (arXiv
1312.6082): the smallest box that holds their boxes, grown, and scaled to the canvas. `test` is the
eval split; a further split holds out a share of `train` and `extra`, by the hash of names.
"""

import hashlib
import os
from collections.abc import Sequence
from typing import Final

import tensorflow as tf

from components.digit_example_gen.example import Labelled, as_examples
from components.digit_example_gen.on_disk import on_disk
from components.digit_example_gen.options import DataOptions
from components.digit_example_gen.source_options import SourceBase, SvhnOptions
from components.digit_example_gen.svhn.parts import Digits, NotThereError, Numbers
from components.digit_example_gen.units import split_by_hash
from vocabulary.classes import label_of
from vocabulary.errors import UserError
from vocabulary.pictures import UnreadableError
from vocabulary.source import Chunk, LeftOut, Source
from vocabulary.splits import EVAL
from vocabulary.task.examples import examples_of

EMBEDDED = False

_FILE: Final = {"numbers": "{}/digitStruct.mat", "digits": "{}_32x32.mat"}
_TEST: Final = "test"
_TRAINING: Final = ("train", "extra")
"""The second may be missing."""

Part = Numbers | Digits


def open_source(data: DataOptions, splits: Sequence[str]) -> Source:
    """All numbers, or all single digits."""
    options = _options(data.source)
    parts: dict[str, Part] = {
        part: Digits(options.dir, part)
        if options.form == "digits"
        else Numbers(options.dir, part, options.crop, data.canvas)
        for part in _parts(options)
    }
    return HouseNumbers(parts, splits, data)


def _options(source: SourceBase) -> SvhnOptions:
    assert isinstance(source, SvhnOptions)
    return source.model_copy(update={"dir": os.path.expanduser(source.dir.rstrip("/"))})


def _path(options: SvhnOptions, part: str) -> str:
    return f"{options.dir}/{_FILE[options.form].format(part)}"


def _parts(options: SvhnOptions) -> list[str]:
    """Those whose file is there. Raises UserError if one is missing that must not be."""
    try:
        there = [part for part in (*_TRAINING, _TEST) if tf.io.gfile.exists(_path(options, part))]
    except tf.errors.OpError as error:
        raise UserError(f"source.dir {options.dir} cannot be reached: {error.message}") from error
    for part in (_TRAINING[0], _TEST):
        if part not in there:
            raise UserError(
                f"there is no {_path(options, part)}; put the files of "
                "http://ufldl.stanford.edu/housenumbers there, unpacked"
            )
    return there


def fingerprint(source: SourceBase) -> str:
    """Digests of the files that hold the labels, and of the single digits themselves."""
    options = _options(source)
    return ";".join(_digest(on_disk(_path(options, part))) for part in _parts(options))


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class HouseNumbers:
    """A `vocabulary.source.Source`: all pictures of a split, however many are asked for."""

    def __init__(self, parts: dict[str, Part], splits: Sequence[str], data: DataOptions):
        """Divides the parts between splits."""
        self._parts = parts
        self._places: dict[str, list[tuple[str, int]]] = {split: [] for split in splits}
        training = [name for name in splits if name != EVAL]
        for part, pictures in parts.items():
            for index in range(len(pictures)):
                split = EVAL if part == _TEST else split_by_hash(pictures.name(index), training)
                self._places[split].append((part, index))
        self._classes = data.classes
        self._why_unusable = examples_of(data.task).why_unusable

    def count(self, split: str, *, asked: int) -> int:
        """All that there are, those that are left out too."""
        return len(self._places[split])

    def examples(self, split: str, start: int, stop: int) -> Chunk:
        """The tf.Examples of a range of indices, and what was left out."""
        examples: list[bytes] = []
        left_out: list[LeftOut] = []
        for position, (part, index) in enumerate(self._places[split][start:stop], start):
            name = self._parts[part].name(index)
            try:
                labelled = _named(self._parts[part].labelled(index), self._classes)
                [example] = as_examples([labelled])
            except (UnreadableError, NotThereError) as error:
                fault = isinstance(error, UnreadableError)
                left_out.append(LeftOut(name, str(error), fault, position))
                continue
            why = self._why_unusable(tf.train.Example.FromString(example))
            if why:
                left_out.append(LeftOut(name, why, False, position))
            else:
                examples.append(example)
        return Chunk(examples, tuple(left_out))


def _named(labelled: Labelled, classes: Sequence[str]) -> Labelled:
    """With labels as the task has them.

    Raises:
        NotThereError: if a digit is none of its classes.
    """
    labels = [label_of(text, classes) for text in labelled.texts]
    known = [label for label in labels if label is not None]
    if len(known) < len(labels):
        raise NotThereError("has a digit that is none of task.classes")
    return labelled._replace(labels=known)
