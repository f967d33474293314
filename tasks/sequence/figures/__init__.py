"""Figures of numbers that are read, one file each: they measure, draw, and conclude."""
