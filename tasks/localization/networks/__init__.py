"""The networks, one file each, named in the config as `model.kind`.

Each gives a Keras model from `picture` (float32 [batch, height, width, channels], normalised) to
`logits` (float32 [batch, classes]) and `box` (float32 [batch, 4], (xmin, ymin, xmax, ymax) in
[0, 1] of the canvas). Further outputs serve training alone, and are named in
`tasks.localization.training.TARGETS`.
"""
