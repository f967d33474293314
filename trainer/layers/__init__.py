"""Layers that networks of several tasks share; importing this registers Keras' custom ones."""

from trainer.layers import normalization  # noqa: F401
