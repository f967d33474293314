"""Muon for convolutions: a step as large in all directions that a kernel can learn in.

K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
https://kellerjordan.github.io/posts/muon. Steps are scaled to the size of AdamW's, so that one
learning rate serves both (J. Liu et al., "Muon is Scalable for LLM Training", 2025).
"""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("digits")
class ConvolutionMuon(keras.optimizers.Muon):
    """Muon for kernels of convolutions that span more than a pixel, AdamW for all other weights.

    Keras' own moves matrices alone. Here a kernel [height, width, channels, filters] is the matrix
    [height * width * channels, filters].
    """

    def _should_use_adamw(self, variable: Any) -> bool:
        return len(variable.shape) != 4 or tuple(variable.shape[:2]) == (1, 1)

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign(m, self.momentum * m + gradient)
        matrix = ops.reshape(gradient + self.momentum * m, (-1, variable.shape[-1]))
        step = self.lr_adjust(self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        self.assign_sub(variable, lr * ops.reshape(step, variable.shape))
