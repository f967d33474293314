"""The networks, one file each, named in the config as `model.kind`.

Each gives a Keras model from `picture` (float32 [batch, height, width, channels], normalised) to
`logits` (float32 [batch, classes]).
"""
