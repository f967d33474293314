"""Labels that people draw around objects in their pictures, one file for each format.

A format's module has `FORM`, its name; `find(folder)`, the label files that are there; and
`read(folder)`, what they say. `write` writes what `read` reads.
"""
