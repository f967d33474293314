"""The networks of this task."""
