"""The networks, one file each, named in the config as `model.kind`.

Each gives a Keras model from `picture` (float32 [batch, height, width, channels], normalised) to
`length` (float32 [batch, 7], logits of 0 to 5 digits and of more) and `digits` (float32 [batch, 5,
classes + 1], logits of the digits and of none at each place from the left).
"""
