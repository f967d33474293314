"""The signatures of an exported model, and their inputs."""

from typing import Final

DEFAULT: Final = "serving_default"
"""PNG or JPEG of any size, `IMAGE_BYTES`: string [batch]."""
EXAMPLES: Final = "serving_examples"
"""Serialized tf.Examples, string [batch]; the Evaluator and bulk inference read through it."""
TENSOR: Final = "serving_tensor"
"""Canvases, `IMAGE`: float32 [batch, height, width, channels] in [0, 1]."""
SIGNATURES: Final = (DEFAULT, EXAMPLES, TENSOR)

IMAGE_BYTES: Final = "image_bytes"
IMAGE: Final = "image"

MODEL_NAME: Final = "digits"
"""What the model is called where it is served."""
