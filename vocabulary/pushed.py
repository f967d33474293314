"""What Pusher notes of a model beside what TFX's does.

It stands alone, without TensorFlow, for commands that answer at once.
"""

from typing import Final

ALREADY_SERVES_AS: Final = "already_serves_as"
"""Custom property: the version that the model serves as already; absent where it does not."""
