"""One digit and one box around it."""
