"""Figures of the digits that are read, one file each: they measure, draw, and conclude."""
