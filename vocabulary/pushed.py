"""Facts about pushed models that Pusher, the local runs and the server share.

It stands alone, without TensorFlow, for commands that answer at once.
"""

from typing import Final

ALREADY_SERVES_AS: Final = "already_serves_as"
"""Custom property: the version that the model serves as already; absent where it does not."""
VERSION: Final = "version"
"""Custom property of the champion, and of what is compared with it: its version, 0 for none."""
SERVED_VERSIONS: Final = 2
"""How many of the pushed versions are served by default: the newest, and one to roll back to."""
