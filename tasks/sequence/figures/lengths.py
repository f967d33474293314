"""How well numbers of each length are read."""

import numpy as np
from numpy.typing import NDArray

from components.report.figure import BLUE, FAINT, Drawing
from tasks.sequence.number import LONGEST
from tasks.sequence.slices import LENGTHS
from vocabulary.document import Figure


def draw(numbers: NDArray[np.str_], right: NDArray[np.bool_]) -> Figure:
    """The share of right numbers by the length of the true one."""
    of = np.array([len(number) for number in numbers.tolist()])
    lengths = np.unique(of)
    names = [LENGTHS[length] for length in lengths]
    shares = np.array([right[of == length].mean() for length in lengths])
    # What digits alone would explain: one share of right digits, in numbers of any length.
    digit = float(right.mean() ** (1 / max(of.mean(), 1)))
    with Drawing("lengths") as drawing:
        (axes,) = drawing.axes()
        axes.bar(lengths, shares, color=BLUE, width=0.7)
        axes.plot(lengths, digit**lengths, color=FAINT, linestyle="--", marker="o")
        low = min(float(shares.min()), float(digit ** lengths.max()))
        axes.set(
            xlabel="digits of the true number", ylabel="share of right numbers",
            ylim=(max(low - 0.02, 0), 1.001),
        )  # fmt: skip
        axes.set_xticks(lengths, names)
        worst = names[int(shares.argmin())].replace("more", f"more than {LONGEST}")
        return drawing.finish(
            f"Numbers of {worst} {'digit' if worst == '1' else 'digits'} are read worst: "
            f"{shares.min():.1%} of them are right. The dashed line is what one share of right "
            f"digits, {digit:.2%}, would give at every length."
        )
