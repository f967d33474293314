"""What a model is trained and judged on: pictures of the eval split with their true boxes."""

from components.report.document import Picture, Pictures, Section
from components.report.predictions import Prediction

_SHOWN = 12


def samples(predictions: list[Prediction]) -> Section:
    """The first picture of each digit, then others as they come."""
    firsts = {p.digit: p for p in reversed(predictions)}
    chosen = [firsts[digit] for digit in sorted(firsts)]
    chosen += [p for p in predictions if p is not firsts[p.digit]]
    pictures = [Picture(p.png, str(p.digit), p.box) for p in chosen[:_SHOWN]]
    caption = (
        "Each picture has one digit; the green box is the true one, around the ink or the patch."
    )
    return Section("samples", "Samples", [Pictures("From the eval split", pictures, caption)])
