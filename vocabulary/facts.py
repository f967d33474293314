"""The facts of a drawn picture: what is known of its scene besides the truth.

One list, from which come the features of examples, the schema, the features that drift is watched
in, and the slices. A new fact is one more line here, and an attribute of that name where scenes are
drawn. Pictures that were not drawn have no facts. It stands alone, without NumPy, since the
config's model reads it.
"""

from typing import Final, NamedTuple


class Bands(NamedTuple):
    """How the values of a fact are cut into slices.

    `edges` are where bands part (an edge belongs to the upper), `names` has one more.
    """

    edges: tuple[float, ...]
    names: tuple[str, ...]


class Fact(NamedTuple):
    """Something that is known of a picture.

    `name` is that of its option in the config's group `scene` and of its slice, `high` is None
    where there is no limit, and `bands` are None where pictures are not sliced by it.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float | None
    bands: Bands | None = None
    whole: bool = False

    @property
    def key(self) -> str:
        """Of its feature in a tf.Example."""
        return f"scene/{self.name}"


FACTS: Final = (
    Fact("scale", "size of the glyph", "28 pixels", 0.5, None),
    Fact("rotation", "turn of the glyph, counterclockwise", "degrees", -90, 90,
         Bands((-5.0, 5.0), ("clockwise", "upright", "counterclockwise"))),
    Fact("slant", "lean of upright strokes to the right", "degrees", -45, 45,
         Bands((-5.0, 5.0), ("left", "none", "right"))),
    Fact("stroke", "what strokes are thicker by, on each side", "pixels of the glyph", -2, 2,
         Bands((-0.1, 0.1), ("thinner", "as written", "thicker"))),
    Fact("elastic", "what the glyph is bent by, standard deviation", "pixels of the glyph", 0, 3),
    Fact("contrast", "ink minus background", "of white", 0, 1,
         Bands((0.5, 0.75), ("faint", "medium", "strong"))),
    Fact("background", "grey of the paper", "of white", 0, 1,
         Bands((0.1, 0.5), ("dark", "grey", "light"))),
    Fact("colour", "saturation of paper and ink", "of 1", 0, 1,
         Bands((0.2,), ("grey", "coloured"))),
    Fact("noise", "standard deviation of the noise", "of white", 0, 1,
         Bands((0.01, 0.04), ("clean", "some", "noisy"))),
    Fact("clutter", "stray strokes", "strokes", 0, None,
         Bands((1, 2), ("none", "one", "more")), whole=True),
    Fact("ruled", "lines of ruled or squared paper", "lines", 0, None,
         Bands((1,), ("plain", "ruled")), whole=True),
    Fact("shading", "how much lighter one part is than another", "of white", 0, 1,
         Bands((0.1,), ("even", "uneven"))),
    Fact("blur", "standard deviation of the blur", "pixels", 0, 3,
         Bands((0.4, 0.8), ("sharp", "soft", "blurred"))),
    Fact("compression", "100 minus the quality of the JPEG, 0: PNG", "of 100", 0, 95,
         Bands((30.0, 60.0), ("fine", "medium", "coarse"))),
    Fact("touching", "neighbours in a strip that touch", "pairs", 0, None,
         Bands((1,), ("apart", "touching")), whole=True),
)  # fmt: skip
"""In the order of the config; drift in each is watched for under its name."""

UNKNOWN: Final = "unknown"
"""The band of a picture that does not come with the fact, as a photograph."""
