"""The layers that networks of this task share; importing this registers Keras' custom ones."""

import trainer.layers  # noqa: F401
from tasks.localization.layers import glimpse, integral_box  # noqa: F401
