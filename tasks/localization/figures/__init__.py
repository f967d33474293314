"""Figures of the report, one file each: they measure, draw, and say what to conclude."""
