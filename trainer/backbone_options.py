"""The keys of `model` for a network of keras.applications with a top; loads no Keras."""

import difflib
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from trainer.network import ModelBase

NAMES: Final = (
    "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge",
    "DenseNet121", "DenseNet169", "DenseNet201",
    "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4",
    "EfficientNetB5", "EfficientNetB6", "EfficientNetB7",
    "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3",
    "EfficientNetV2L", "EfficientNetV2M", "EfficientNetV2S",
    "InceptionResNetV2", "InceptionV3",
    "MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small",
    "NASNetLarge", "NASNetMobile",
    "ResNet101", "ResNet101V2", "ResNet152", "ResNet152V2", "ResNet50", "ResNet50V2",
    "VGG16", "VGG19", "Xception",
)  # fmt: skip
"""The networks of keras.applications, which a test compares; to ask it would load TensorFlow."""

SMALLEST: Final = 32
"""Pixels each way that most of them need; the others say so when they are built."""


def _known(name: str) -> str:
    if name not in NAMES:
        close = difflib.get_close_matches(name, NAMES, n=1)
        advice = f"did you mean {close[0]}?" if close else f"choose from {', '.join(NAMES)}"
        raise ValueError(f"there is no {name} in keras.applications; {advice}")
    return name


class BackboneOptions(ModelBase):
    """A network of keras.applications without its top, and the layers in place of that."""

    name: Annotated[str, AfterValidator(_known)] = "MobileNet"
    weights: Annotated[str, Field(min_length=1)] = Field(
        default="none", description="to start from: imagenet, none, or a file of weights"
    )
    input: int | None = Field(
        default=None, ge=SMALLEST, le=1024, description="pixels each way; None: as the canvas"
    )
    trained: int | None = Field(
        default=None, ge=0, description="its last so many layers that have weights; None: all"
    )
    dense: list[Annotated[int, Field(ge=1, le=65_536)]] = Field(
        default=[], description="units of the dense layers between it and the outputs"
    )

    @property
    def weights_file(self) -> str | None:
        """The file that `weights` names, if it is one."""
        return None if self.weights in ("imagenet", "none") else self.weights
