"""One digit, wherever it is in the picture."""
