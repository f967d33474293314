"""What is checked and recorded once all pictures were read: counts, what was left out, copies."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from components.digit_example_gen.synthesis import Written
from vocabulary.beside_splits import write_rows
from vocabulary.errors import UserError
from vocabulary.examples_count import write_counts
from vocabulary.left_out import LEFT_OUT, Reason, as_sentence
from vocabulary.part_counts import PART_COUNTS, PartCount, summed
from vocabulary.source import Content, LeftOut

_SHOWN = 5


def record(
    shards: Iterable[Written],
    folder: str,
    splits: Sequence[str],
    *,
    tolerated: Mapping[str, int],
) -> None:
    """Writes how many examples each split has, and what was left out, into the artefact's folder.

    `tolerated` is how many may be bad, of each source by its place in the config.

    Raises:
        UserError: if more pictures are bad than are tolerated, or a split has no example.
    """
    counts = Counter[str]()
    left_out: list[LeftOut] = []
    parts: list[PartCount] = []
    for shard in shards:
        counts[shard.split] += shard.examples
        left_out += shard.left_out
        parts += shard.parts
    left_out.sort()
    for place, number in tolerated.items():
        _require_few([one for one in left_out if one.fault and one.source == place], place, number)
    reasons = _reasons(left_out)
    for split in splits:
        if not counts[split]:
            raise UserError(
                f"the split {split} has no picture that is of use: {as_sentence(reasons)}; add "
                "pictures to it"
            )
    write_counts(folder, {split: counts[split] for split in splits})
    if reasons:
        write_rows(folder, LEFT_OUT, reasons)
    if parts:
        parts.sort(key=lambda one: splits.index(one.split))
        write_rows(folder, PART_COUNTS, summed(parts))


def _require_few(faults: Sequence[LeftOut], place: str, tolerated: int) -> None:
    if len(faults) > tolerated:
        shown = "; ".join(f"{one.picture} {one.reason}" for one in faults[:_SHOWN])
        more = f"; and {len(faults) - _SHOWN:,} more" if len(faults) > _SHOWN else ""
        raise UserError(
            f"{len(faults):,} bad pictures or labels, and {place}.tolerate is {tolerated}: "
            f"{shown}{more}. Mend them, or set {place}.tolerate={len(faults)}"
        )


def _reasons(left_out: Sequence[LeftOut]) -> list[Reason]:
    """The most common first."""
    names: dict[str, list[str]] = {}
    for one in left_out:
        names.setdefault(one.reason, []).append(one.picture)
    ordered = sorted(names.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Reason(reason, len(some), tuple(some[:_SHOWN])) for reason, some in ordered]


def contents(shard: Written) -> Iterator[tuple[str, tuple[Content, str]]]:
    """What each picture shows, with its split, by its digest."""
    for content in shard.contents:
        yield content.digest, (content, shard.split)


def require_one_split(copies: Iterable[tuple[Content, str]]) -> None:
    """Raises UserError if the same picture is in two splits."""
    by_split = {split: content.picture for content, split in sorted(copies, reverse=True)}
    if len(by_split) > 1:
        places = " and ".join(f"{picture} ({split})" for split, picture in sorted(by_split.items()))
        raise UserError(
            f"the same picture is in two splits: {places}; remove one, or keep both in one split "
            "with source.group"
        )
