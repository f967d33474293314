"""What is trained and how: model, optimiser, schedule, losses, precision."""

from typing import Literal

from pydantic import Field

from vocabulary.options import Fraction, Options


class ModelOptions(Options):
    """Which network."""

    kind: Literal["edge", "lab"]


class TrainingOptions(Options):
    """How it is trained."""

    epochs: int = Field(ge=1, le=10_000)
    batch_size: int = Field(ge=1, le=65_536)
    optimizer: Literal["adam", "adamw"]
    learning_rate: float = Field(gt=0, le=10)
    weight_decay: float = Field(ge=0, le=1, description="of adamw; adam takes none")
    schedule: Literal["constant", "cosine"]
    warmup: Fraction = Field(description="share of all steps, from 0 to the learning rate")
    label_smoothing: float = Field(ge=0, lt=1, description="share of each label spread over all")
    box_loss: Literal["mse", "giou_l1"]
    box_weight: float = Field(gt=0, description="of the box loss, the class loss has 1")
    precision: Literal["auto", "float32", "bfloat16"]


class TrainerOptions(Options):
    """Everything `run_fn` needs that the DAG does not hand it as an artefact."""

    seed: int = Field(ge=0, lt=2**32)
    model: ModelOptions
    training: TrainingOptions
    train_size: int = Field(ge=1, description="examples in the training split")
    eval_size: int = Field(ge=1, description="examples in the eval split")
