"""Sums come to the same in whatever order and parts they are added up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evaluation.computations import sums
from evaluation.sums import Sums

COUNT, GROUPS = 12, 4
WIDTHS = (("pictures", 1), ("bins", 2))


@given(
    order=st.permutations(range(COUNT)),
    cuts=st.lists(st.integers(0, COUNT), max_size=4).map(sorted),
)
def test_accumulators_merge_in_any_order(order: list[int], cuts: list[int]) -> None:
    random = np.random.default_rng(0)
    parts = [Sums(WIDTHS, random.integers(0, 9, (GROUPS, 3)).astype(float)) for _ in order]
    before = [part.values.copy() for part in parts]
    combine, accumulators = sums("model").combiner, []
    for start, stop in zip([0, *cuts], [*cuts, COUNT], strict=True):
        accumulator = combine.create_accumulator()
        for index in order[start:stop]:
            accumulator = combine.add_input(accumulator, parts[index])
        accumulators.append(accumulator)
    merged = combine.merge_accumulators(accumulators[::-1])
    (total,) = combine.extract_output(merged).values()
    assert total.widths == WIDTHS
    assert total.values.tolist() == sum(before).tolist()
    for part, untouched in zip(parts, before, strict=True):
        assert part.values.tolist() == untouched.tolist()
