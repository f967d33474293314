"""The figures of a model's predictions, one file each: measure, draw, say what to conclude."""
