"""The layers that networks of this task share; importing this registers Keras' custom ones."""

from tasks.sequence.layers import crop, reading_order  # noqa: F401
