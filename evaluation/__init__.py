"""How models are judged with TensorFlow Model Analysis: metrics, slices, thresholds, verdict."""
