"""The layers that networks of this task share; importing this registers Keras' custom ones."""

from tasks.localization.layers import glimpse, integral_box, normalization  # noqa: F401
