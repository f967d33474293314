"""Readers of labels that people draw around objects in their pictures, one file for each format."""
