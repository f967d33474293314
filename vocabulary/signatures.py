"""The signatures of an exported model, and their inputs."""

from typing import Final

DEFAULT: Final = "serving_default"
"""PNG or JPEG of any size, `IMAGE_BYTES`: string [batch]."""
EXAMPLES: Final = "serving_examples"
"""Serialized tf.Examples, string [batch]; the Evaluator and bulk inference read through it."""
TENSOR: Final = "serving_tensor"
"""Canvases, `IMAGE`: float32 [batch, height, width, channels] in [0, 1]."""
CARD: Final = "card"
"""The model's card as JSON, for each of `ASKED`: string [batch], which may be anything. A server
tells nothing else of what lies beside a model."""
SIGNATURES: Final = (DEFAULT, EXAMPLES, TENSOR)
"""Those that answer for pictures."""

IMAGE_BYTES: Final = "image_bytes"
IMAGE: Final = "image"
ASKED: Final = "asked"

MODEL_NAME: Final = "digits"
"""What the model is called where it is served."""
