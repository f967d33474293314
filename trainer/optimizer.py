"""The optimiser and its learning-rate schedule, from the config; where it stands."""

import keras
import tensorflow as tf

from trainer.muon import ConvolutionMuon
from trainer.options import TrainingOptions

MUON_MOMENTUM, MUON_ADAM_BETA_2 = 0.9, 0.95
"""Shorter memories than usual (0.95, 0.999): a training of some hundred steps has no time for them
(docs/experiments.md)."""


def build_optimizer(training: TrainingOptions, *, steps: int) -> keras.optimizers.Optimizer:
    """The optimiser for a training of so many steps in all."""
    rate, decay = build_schedule(training, steps=steps), training.weight_decay
    optimizer: keras.optimizers.Optimizer
    match training.optimizer:
        case "adam":
            return keras.optimizers.Adam(rate)
        case "adamw":
            optimizer = keras.optimizers.AdamW(rate, weight_decay=decay)
        case "muon":
            optimizer = ConvolutionMuon(
                rate,
                weight_decay=decay,
                adam_weight_decay=decay,
                momentum=MUON_MOMENTUM,
                adam_beta_2=MUON_ADAM_BETA_2,
            )
    # Decay pulls weights towards 0; for biases and the scales of norms 0 is nothing special.
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def build_schedule(
    training: TrainingOptions, *, steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """The learning rate by step: constant, or warmed up linearly and then a half cosine to 0."""
    if training.schedule == "constant":
        return training.learning_rate
    warmup = round(training.warmup * steps)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup else training.learning_rate,
        decay_steps=max(steps - warmup, 1),
        warmup_target=training.learning_rate if warmup else None,
        warmup_steps=warmup,
    )


def steps_done(optimizer: keras.optimizers.Optimizer) -> int:
    """The steps that it has taken."""
    # Through a tensor: several replicas' variables do not turn into numbers.
    return int(tf.convert_to_tensor(optimizer.iterations))


def current_rate(optimizer: keras.optimizers.Optimizer) -> float:
    """The learning rate of its next step."""
    return float(tf.convert_to_tensor(optimizer.learning_rate))
