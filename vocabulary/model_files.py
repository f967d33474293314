"""The files of an exported model, by their paths in its folder.

It stands alone, without TensorFlow, for commands that answer at once.
"""

from typing import Final

SAVED_MODEL: Final = "saved_model.pb"
EXTRA: Final = "assets.extra"
"""The folder that no server loads anything of, but for `WARMUP`."""
NETWORK: Final = f"{EXTRA}/model.keras"
"""The network for Keras: what training starts warm from."""
CARD: Final = f"{EXTRA}/digits.json"
"""What the model is, as JSON: its task, network, canvas and size."""
STATISTICS: Final = f"{EXTRA}/statistics"
"""Where a version carries the statistics of its data, as StatisticsGen wrote them."""
FIGURES: Final = "figures.json"
"""Beside a blessing and, in `EXTRA`, a version: the few metrics that are always shown, by title, of
all pictures of the eval split."""
WARMUP: Final = f"{EXTRA}/tf_serving_warmup_requests"
"""TFRecords of PredictionLog that a server sends to the model before it is available."""
HISTORY: Final = "history.json"
"""In Trainer's model_run: losses and metrics by step and epoch, and how it was trained."""
SERVING_FORMAT: Final = "Format-Serving"
"""The folder of Trainer's model that holds the exported one."""
