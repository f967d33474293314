"""What is trained and how: task, network, optimiser, schedule, precision."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationInfo

from trainer.network import ModelBase, options_of_network
from vocabulary.errors import UserError
from vocabulary.examples_count import count_of
from vocabulary.options import Fraction, Options
from vocabulary.task.options import TaskOptions

if TYPE_CHECKING:
    from tfx.components.trainer.fn_args_utils import FnArgs

OPTIONS: Final = "options"
"""The key of `custom_config` that holds `TrainerOptions` as JSON."""
CHECKPOINTS: Final = "checkpoints"
"""The key of `custom_config` that holds the folder of all trainings' checkpoints."""

TRIALS: Final = "trials"
"""The key of the Tuner's `custom_config` that says how many hyperparameters are tried."""


def _with_its_class(value: Any, info: ValidationInfo) -> Any:
    if not (isinstance(value, dict) and isinstance(value.get("kind"), str)):
        return value
    if "task" not in info.data:  # it has a mistake of its own, which is told
        return ModelBase(kind=value["kind"])
    return options_of_network(info.data["task"].kind, value["kind"]).model_validate(value)


ModelOptions = Annotated[SerializeAsAny[ModelBase], BeforeValidator(_with_its_class)]
"""A field of a group of options after `task`: which of its networks, with the network's keys."""


class TrainingOptions(Options):
    """How it is trained."""

    epochs: int = Field(ge=1, le=10_000)
    batch_size: int = Field(ge=1, le=65_536)
    optimizer: Literal["adam", "adamw", "muon"]
    learning_rate: float = Field(gt=0, le=10)
    weight_decay: float = Field(ge=0, le=1, description="of adamw and muon; adam takes none")
    schedule: Literal["constant", "cosine"]
    warmup: Fraction = Field(description="share of all steps, from 0 to the learning rate")
    patience: int | None = Field(ge=1, description="epochs without a better one before it stops")
    warm_start: bool = Field(description="whether to start from the champion's weights")
    checkpoint_every: int = Field(ge=1, description="steps, besides the end of each epoch")
    precision: Literal["auto", "float32", "bfloat16"]
    strategy: Literal["auto", "tpu", "multi_worker", "mirrored", "one_device"]


class TunerOptions(Options):
    """The search for hyperparameters before the training."""

    enabled: bool
    trials: int = Field(ge=1, le=1000, description="hyperparameters tried")
    epochs: int = Field(ge=1, le=10_000, description="of each trial")


class TrainerOptions(Options):
    """Everything `run_fn` needs that the DAG does not hand it as an artefact."""

    seed: int = Field(ge=0, lt=2**32)
    task: TaskOptions
    model: ModelOptions
    training: TrainingOptions
    train_size: int = Field(ge=1, description="examples in the training split; see `read_options`")
    watched: str = Field(description="the split whose losses and metrics are shown by epoch")
    validation_size: int = Field(ge=1, description="examples in the split that is watched")

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches in the training split."""
        return self.train_size // self.training.batch_size


def read_options(fn_args: "FnArgs") -> TrainerOptions:
    """The options that TFX hands on, with the sizes that the data has, not those that were asked.

    Raises UserError if there are fewer examples than a batch takes.
    """
    options = TrainerOptions.model_validate_json(fn_args.custom_config[OPTIONS])
    sizes = {
        "train_size": count_of(fn_args.train_files),
        "validation_size": count_of(fn_args.eval_files),
    }
    if sizes["train_size"] < options.training.batch_size:
        raise UserError(
            f"training.batch_size is {options.training.batch_size}, more than the "
            f"{sizes['train_size']} examples of the train split; lower it"
        )
    return options.model_copy(update=sizes)
