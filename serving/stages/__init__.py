"""Two models as one: the first finds where in a picture it is, the second reads that part."""
