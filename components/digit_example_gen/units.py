"""What becomes an example of the pictures that people bring, and in which split.

Splits are those that lists (`train.txt`), labels (`data.yaml`, `instances_val.json`) or folders
(`train/`) name; where none does, a share of the groups is held out by the hash of their names, so
that a picture that is added moves no other. `val` is the eval split where there is no `test` and
the config has no validation split.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from components.digit_example_gen.glyphs import HELD_OUT_SHARE
from components.digit_example_gen.source_options import FolderOptions
from vocabulary.errors import UserError
from vocabulary.labels.record import Annotated, Labels
from vocabulary.splits import EVAL, TRAIN, VALIDATION


class Unit(NamedTuple):
    """What becomes one example, or none.

    Attributes:
        record: the picture with its labels.
        group: what must not be in two splits.
        object: the index of the one that is cropped; None: the whole picture is taken.
        fault: why it is left out without being opened; empty if it is not.
    """

    record: Annotated
    group: str
    object: int | None = None
    fault: str = ""

    @property
    def name(self) -> str:
        """Unique in the data set."""
        return self.record.path + ("" if self.object is None else f"#{self.object + 1}")


def units_of(labels: Labels, options: FolderOptions) -> Iterator[Unit]:
    """Everything that becomes an example or is left out: pictures, objects, and labels alone."""
    errors = labels.errors()
    for record in labels.records:
        group = _group(record.path, options.group)
        fault = errors.pop(record.path, None)
        if fault:
            yield Unit(record, group, fault=f"({fault.file}{fault.place}) {fault.sentence}")
        elif options.crop is None or not record.objects:
            yield Unit(record, group)
        else:
            yield from (Unit(record, group, index) for index in range(len(record.objects)))
    for name, fault in errors.items():
        yield Unit(Annotated(name, ()), name, fault=f"{fault.place} {fault.sentence}".lstrip())


def _group(path: str, pattern: str | None) -> str:
    match = re.search(pattern, path) if pattern else None
    if match is None:
        return path
    return next(iter(match.groups()), None) or match.group()


def divide(
    units: Sequence[Unit], splits: Sequence[str], options: FolderOptions
) -> dict[str, list[Unit]]:
    """The units of each split.

    Raises:
        UserError: if none can be used, a split is missing, or is there and not in the config, or
            two share a group.
    """
    if units and all(unit.fault for unit in units):
        raise UserError(
            f"{options.dir} has no picture with a label that can be used, the first: "
            f"{units[0].name} {units[0].fault}; digits doctor lists what is wrong"
        )
    stated = Counter(unit.record.split for unit in units if unit.record.split)
    if not stated:
        return _hashed(units, splits, options)
    instead = {}
    if VALIDATION not in splits and EVAL not in stated:
        instead[VALIDATION] = EVAL
    division: dict[str, list[Unit]] = {split: [] for split in splits}
    for unit in units:
        split = unit.record.split
        if split is None:
            lost = "" if unit.fault else "is in no split, and others are"
            unit, split = unit._replace(fault=unit.fault or lost), TRAIN
        division.setdefault(instead.get(split, split), []).append(unit)
    for split, some in division.items():
        if split not in splits:
            raise UserError(
                f"{options.dir} has {len(some):,} pictures of the split {split}, and splits in the "
                f"config has none; set splits.{split}=1, whose number does not matter here"
            )
    _require(division, options)
    return division


def _hashed(
    units: Sequence[Unit], splits: Sequence[str], options: FolderOptions
) -> dict[str, list[Unit]]:
    division: dict[str, list[Unit]] = {split: [] for split in splits}
    for unit in units:
        division[split_by_hash(unit.group, splits)].append(unit)
    _require(division, options)
    return division


def split_by_hash(group: str, splits: Sequence[str]) -> str:
    """The split that a group is in: each but `train` holds out its share, eval before others."""
    held_out = sorted((name for name in splits if name != TRAIN), key=lambda n: (n != EVAL, n))
    number = int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big") / 2**64
    index = int(number / HELD_OUT_SHARE)
    return held_out[index] if index < len(held_out) else TRAIN


def _require(division: dict[str, list[Unit]], options: FolderOptions) -> None:
    split_of: dict[str, str] = {}
    for split, units in division.items():
        if not units:
            raise UserError(
                f"{options.dir} has no picture for the split {split}; add some, in folders "
                f"{TRAIN}/ and test/ or such, or take it out of splits"
            )
        for unit in units:
            other = split_of.setdefault(unit.group, split)
            if other != split:
                raise UserError(
                    f"source.group puts {unit.record.path} of {split} into the group {unit.group}, "
                    f"which is in {other} too; keep a group in one split"
                )
