"""Serving the pushed model over TensorFlow Serving's protocol."""
