"""A caption under each picture."""

from vocabulary.document import Picture, Pictures, Section
from vocabulary.task.report import Card

FEATURES = {}
_WORDS = ("even", "odd")


def card(options):
    return Card("Say whether a digit is odd or even.", "For pictures of one digit.", "None known.")


def picture(png, truth, prediction=None, *, classes=()):
    if prediction is None:
        return Picture(png, _WORDS[truth["odd"]], ())
    wrong = truth["odd"] != prediction["odd"]
    return Picture(png, f"predicted {_WORDS[prediction['odd']]}", (), wrong=bool(wrong))


def sections(evaluated):
    first = evaluated.ids[:6]
    pixels = evaluated.pixels(set(first))
    pictures = [
        picture(
            pixels[id_],
            *({name: c[row] for name, c in columns.items()}
              for columns in (evaluated.truth, evaluated.predictions)),
        )
        for row, id_ in enumerate(first)
    ]  # fmt: skip
    return [Section("parity", "Odd or even", [Pictures("From the eval split", pictures, "")])]
