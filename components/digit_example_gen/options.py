"""What the pictures are made of: canvas, source, scene, extent of a glyph.

Together with the seed these options decide every byte that DigitExampleGen writes.
"""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.digit_example_gen.source_options import SourceOptions
from vocabulary.classes import Classes, same
from vocabulary.options import Fraction, FractionRange, Options, Range, in_order
from vocabulary.splits import TRAIN
from vocabulary.task.options import Extent

GLYPH_SIZE = 28
"""Height and width of a glyph in pixels, whatever source it comes from (MNIST's own size)."""

_LIMITS = {
    "rotation": (-90.0, 90.0), "slant": (-45.0, 45.0), "stroke": (-2.0, 2.0), "elastic": (0.0, 3.0),
    "contrast": (0.1, 1.0), "shading": (0.0, 1.0), "blur": (0.0, 3.0), "compression": (0.0, 95.0),
}  # fmt: skip
"""How far augmented ranges may go; beyond, digits are other digits or blots."""

Noise = Annotated[float, Field(ge=0, le=0.16)]
NoiseRange = Annotated[tuple[Noise, Noise], AfterValidator(in_order)]

Stroke = Annotated[float, Field(ge=-2, le=2)]
StrokeRange = Annotated[tuple[Stroke, Stroke], AfterValidator(in_order)]

Pixels = Annotated[float, Field(ge=0, le=3)]
PixelRange = Annotated[tuple[Pixels, Pixels], AfterValidator(in_order)]

Spacing = Annotated[float, Field(ge=-GLYPH_SIZE, le=1024)]
SpacingRange = Annotated[tuple[Spacing, Spacing], AfterValidator(in_order)]

Lift = Annotated[float, Field(ge=-GLYPH_SIZE, le=GLYPH_SIZE)]
LiftRange = Annotated[tuple[Lift, Lift], AfterValidator(in_order)]

Loss = Annotated[float, Field(ge=0, le=95)]
LossRange = Annotated[tuple[Loss, Loss], AfterValidator(in_order)]


class CanvasOptions(Options):
    """The picture that the model sees."""

    height: int = Field(ge=GLYPH_SIZE, le=1024, description="pixels")
    width: int = Field(ge=GLYPH_SIZE, le=1024, description="pixels")
    channels: Literal[1, 3] = Field(description="1 is grey; 3 is RGB, grey without scene.colour")


class SceneOptions(Options):
    """How a glyph becomes a picture; every range is drawn from uniformly.

    `ruled` and `empty` are shares of the pictures.
    """

    scale: Annotated[Range, Field(description="size of the glyph, 1 = 28 pixels")]
    rotation: Annotated[Range, Field(description="degrees, counter-clockwise")]
    slant: Annotated[Range, Field(description="degrees that upright strokes lean right")]
    stroke: StrokeRange = Field(
        description="how much thicker, on each side, in pixels of the glyph"
    )
    elastic: PixelRange = Field(
        description="standard deviation of what a glyph is bent by, in its pixels"
    )
    contrast: FractionRange = Field(description="ink minus background, of white")
    background: FractionRange = Field(description="grey of the paper, of white")
    colour: FractionRange = Field(
        description="saturation of paper, stray strokes and digits, each of its own hue"
    )
    noise: NoiseRange = Field(description="standard deviation, of white")
    clutter: tuple[
        Annotated[int, Field(ge=0, le=32)],
        Annotated[int, Field(ge=0, le=32)],
    ] = Field(description="stray strokes per picture")
    ruled: Fraction = Field(description="on ruled or squared paper")
    shading: FractionRange = Field(
        description="how much lighter one part is than another, of white"
    )
    blur: PixelRange = Field(description="standard deviation of a Gaussian, pixels of the canvas")
    compression: LossRange = Field(description="100 minus the quality of a JPEG; 0 is PNG")
    empty: Fraction = Field(description="without a digit")
    pieces: tuple[
        Annotated[int, Field(ge=0, le=32)],
        Annotated[int, Field(ge=0, le=32)],
    ] = Field(description="squares of 8x8 cut out of glyphs, per picture")
    paper: Literal["dark", "light"] = Field(description="light: what is drawn is inverted")
    digits: tuple[
        Annotated[int, Field(ge=1, le=16)],
        Annotated[int, Field(ge=1, le=16)],
    ] = Field(description="side by side in a picture; one alone is put anywhere")
    spacing: SpacingRange | None = Field(
        description="pixels between the ink of neighbours; none: they stand in cells of 28 pixels"
    )
    baseline: LiftRange = Field(description="pixels that each of several stands above their line")

    @model_validator(mode="after")
    def _ranges_are_drawable(self) -> Self:
        if self.scale[0] < 0.5:
            raise ValueError(f"scale starts at {self.scale[0]:g}; below 0.5 strokes get lost")
        if self.scale[1] > 64:
            raise ValueError(f"scale ends at {self.scale[1]:g}; no canvas holds more than 64")
        for name in ("rotation", "slant"):
            low, high = getattr(self, name)
            lowest, highest = _LIMITS[name]
            if not (low >= lowest and high <= highest):
                raise ValueError(f"{name} {[low, high]} leaves {lowest:g} to {highest:g} degrees")
        if self.contrast[0] < 0.1:
            raise ValueError(f"contrast starts at {self.contrast[0]:g}; allowed: 0.1 to 1")
        for name in ("clutter", "pieces", "digits"):
            fewest, most = getattr(self, name)
            if fewest > most:
                raise ValueError(f"{name}'s low end is above its high end; swap them")
        return self

    @property
    def is_strip(self) -> bool:
        """Whether there may be several digits."""
        return self.digits != (1, 1)

    def largest_extent(self) -> float:
        """Side in pixels of the largest square that a slanted, turned and scaled glyph can need."""
        slant = math.tan(math.radians(max(abs(angle) for angle in self.slant)))
        turn = math.radians(max(abs(angle) for angle in self.rotation))
        turn = min(turn, math.atan2(1.0, 1.0 + slant))  # where the extent is largest
        return GLYPH_SIZE * self.scale[1] * (math.cos(turn) * (1 + slant) + math.sin(turn))


class Augmentation(Options):
    """How much further the scene's ranges go at both ends in the train split."""

    rotation: float = Field(ge=0, le=180, description="degrees")
    slant: float = Field(ge=0, le=90, description="degrees")
    stroke: float = Field(ge=0, le=2, description="pixels of the glyph")
    elastic: float = Field(ge=0, le=3, description="pixels of the glyph")
    contrast: float = Field(ge=0, le=1, description="of white")
    shading: float = Field(ge=0, le=1, description="of white")
    blur: float = Field(ge=0, le=3, description="pixels of the canvas")
    compression: float = Field(ge=0, le=95, description="of 100")


class DataOptions(Options):
    """Everything DigitExampleGen needs but the sizes of the splits.

    `extent` and `ink` are what the task asks of a picture that is drawn; `task` is its name, by
    which pictures that people bring are asked whether they are of use for it; `classes` are what
    the task calls objects: the label of one is its index.
    """

    seed: int = Field(ge=0, lt=2**32)
    canvas: CanvasOptions
    source: SourceOptions
    scene: SceneOptions
    augmentation: Augmentation
    extent: Extent = Field(description="what of a glyph its box is around, and is on the canvas")
    ink: bool = Field(description="whether the ink is written beside the picture")
    task: str
    classes: Classes

    def scene_of(self, split: str) -> SceneOptions:
        """What pictures of a split show: `train` is augmented, what judges is not."""
        if split != TRAIN:
            return self.scene
        further = {
            name: _widened(getattr(self.scene, name), getattr(self.augmentation, name), limits)
            for name, limits in _LIMITS.items()
        }
        return self.scene.model_copy(update=further)

    @model_validator(mode="after")
    def _classes_are_there(self) -> Self:
        for name in self.classes:
            if self.source.drawn and same(name) not in self.source.drawn:
                raise ValueError(
                    f"task.classes names {name}, and the source {self.source.kind} has the digits "
                    "alone; take it out, or choose source.kind=folder"
                )
        return self

    @model_validator(mode="after")
    def _scenes_are_drawable(self) -> Self:
        for scene in (self.scene, self.scene_of(TRAIN)):
            self._check(scene)
        return self

    def _check(self, scene: SceneOptions) -> None:
        room = min(self.canvas.height, self.canvas.width)
        # In a strip, the corners of a turned glyph, which are empty, may be cut off.
        need = GLYPH_SIZE * scene.scale[1] if scene.is_strip else scene.largest_extent()
        if need > room + 1e-9:
            raise ValueError(
                f"scene.scale up to {scene.scale[1]:g}, turned and slanted by scene or "
                f"augmentation, needs {math.ceil(need)} pixels, the canvas has {room}; "
                f"lower scene.scale or enlarge canvas"
            )
        if scene.colour[1] > 0 and self.canvas.channels == 1:
            raise ValueError(
                f"scene.colour goes up to {scene.colour[1]:g}, and a canvas of one channel is "
                "grey; set canvas.channels to 3, or scene.colour to [0, 0]"
            )
        cells = self.canvas.width // GLYPH_SIZE
        if scene.spacing is None and scene.digits[1] > cells:
            raise ValueError(
                f"scene.digits goes up to {scene.digits[1]}, and a canvas {self.canvas.width} "
                f"pixels wide has {cells} cells of {GLYPH_SIZE}; enlarge canvas.width, or set "
                "scene.spacing"
            )
        if self.extent == "patch" and scene.is_strip:
            raise ValueError(
                "task.box: patch has no meaning for several digits; set task.box to ink, or "
                "scene.digits to [1, 1]"
            )
        if self.extent == "patch" and (scene.rotation, scene.slant) != ((0, 0), (0, 0)):
            raise ValueError(
                "task.box: patch has no meaning for a turned or slanted glyph; set scene.rotation "
                "and scene.slant to [0, 0], those of augmentation to 0, or task.box to ink"
            )


def _widened(
    ends: tuple[float, float], further: float, limits: tuple[float, float]
) -> tuple[float, float]:
    return max(ends[0] - further, limits[0]), min(ends[1] + further, limits[1])
