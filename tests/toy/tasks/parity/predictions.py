"""A word and its probability."""

from dataclasses import dataclass

COLUMNS = ("parity", "probability")


@dataclass(frozen=True)
class Prediction:
    """What is read: `odd` is the probability of odd, None where nothing is."""

    odd: float | None
    doubts: tuple[str, ...] = ()

    def fields(self, *, width, height):
        return {"odd": self.odd}

    def columns(self, *, width, height):
        if self.odd is None:
            return dict.fromkeys(COLUMNS)
        odd = self.odd >= 0.5
        return {"parity": "odd" if odd else "even", "probability": max(self.odd, 1 - self.odd)}


OBJECT = None
NOTHING = Prediction(None, ("no ink",))


def read(outputs, view, classes):
    return Prediction(float(outputs["odd"]), view.doubts)


def draw(prediction, image):
    pass
