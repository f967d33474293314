"""The config: everything that varies between uses, typed and checked.

The options of each part live with the part; here they become one model.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from components.digit_example_gen.options import (
    Augmentation,
    CanvasOptions,
    DataOptions,
    SceneOptions,
)
from components.digit_example_gen.source_options import SourceOptions
from components.distribution_validator.options import DriftOptions
from evaluation.options import EvaluationOptions, JudgeOptions, require_bars, require_slices
from pipeline.config.beam import BeamOptions
from pipeline.config.kubeflow import KubeflowOptions
from trainer.network import check_network
from trainer.options import ModelOptions, TrainerOptions, TrainingOptions, TunerOptions
from vocabulary.options import Options
from vocabulary.signatures import MODEL_NAME
from vocabulary.splits import EVAL, TRAIN, VALIDATION
from vocabulary.task.options import TaskOptions

SplitName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
SplitSize = Annotated[int, Field(ge=1, le=100_000_000)]

PIPELINE_NAME = MODEL_NAME


class ServingOptions(Options):
    """Where InfraValidator serves the exported model before it is pushed."""

    platform: Literal["process", "docker"]


class Config(Options):
    """A whole run; see `configs/default.yaml` for what each key means."""

    seed: int = Field(ge=0, lt=2**32)
    task: TaskOptions
    canvas: CanvasOptions
    source: SourceOptions
    scene: SceneOptions
    augmentation: Augmentation
    splits: dict[SplitName, SplitSize]
    model: ModelOptions
    training: TrainingOptions
    tuner: TunerOptions
    drift: DriftOptions
    evaluation: EvaluationOptions
    bulk_inference: list[SplitName]
    serving: ServingOptions
    beam: BeamOptions
    kubeflow: KubeflowOptions

    @model_validator(mode="after")
    def _keys_agree(self) -> Self:
        missing = [name for name in (TRAIN, EVAL) if name not in self.splits]
        if missing:
            raise ValueError(f"splits has no {missing[0]}; name both train and eval")
        if self.training.batch_size > self.splits[TRAIN]:
            raise ValueError(
                f"training.batch_size is {self.training.batch_size}, more than the "
                f"{self.splits['train']} examples of splits.train; lower it"
            )
        check_network(
            self.task.kind, self.model.kind, height=self.canvas.height, width=self.canvas.width
        )
        for key, chooses in (
            ("training.patience", self.training.patience is not None),
            ("tuner.enabled", self.tuner.enabled),
        ):
            if chooses and VALIDATION not in self.splits:
                raise ValueError(
                    f"{key} chooses by a split that neither trains nor judges; "
                    f"add one: splits.{VALIDATION}, such as splits.{VALIDATION}=2000"
                )
        for name in self.bulk_inference:
            if name not in self.splits:
                raise ValueError(
                    f"bulk_inference names the split {name}; splits has {', '.join(self.splits)}"
                )
        require_bars(self.evaluation, self.task.kind)
        self.drift.require_features(self.task.kind)
        require_slices(self.evaluation, self.task)
        _ = self.data, self.trainer
        return self

    @property
    def data(self) -> DataOptions:
        """The part that DigitExampleGen needs."""
        return DataOptions(
            seed=self.seed,
            canvas=self.canvas,
            source=self.source,
            scene=self.scene,
            augmentation=self.augmentation,
            extent=self.task.extent,
            ink=self.task.needs_ink,
            task=self.task.kind,
            classes=self.task.classes,
        )

    @property
    def transform(self) -> dict[str, Any]:
        """The part that Transform needs, as its `custom_config`."""
        task = self.task.model_dump(include={"kind", *self.task.TRANSFORMED})
        return {**self.canvas.model_dump(), "task": task}

    def beam_on(self, cores: int) -> BeamOptions:
        """How data work is done on a machine, or in a container, with so many cores."""
        return self.beam.on_one_machine(cores=cores, examples=sum(self.splits.values()))

    @property
    def reported(self) -> str:
        """All but where it runs, as JSON: the results of a run are the same wherever it runs."""
        return self.model_dump_json(exclude={"beam", "kubeflow"})

    @property
    def watched_split(self) -> str:
        """The split whose losses and metrics training shows; `eval` is never used to choose."""
        return VALIDATION if VALIDATION in self.splits else EVAL

    @property
    def trainer(self) -> TrainerOptions:
        """The part that the Trainer needs."""
        return TrainerOptions(
            seed=self.seed,
            task=self.task,
            model=self.model,
            training=self.training,
            train_size=self.splits[TRAIN],
            watched=self.watched_split,
            validation_size=self.splits[self.watched_split],
        )

    @property
    def trial(self) -> TrainerOptions:
        """The part that the Tuner needs: trials of a length of their own, from scratch."""
        update = {"epochs": self.tuner.epochs, "patience": None, "warm_start": False}
        training = self.training.model_copy(update=update)
        return self.trainer.model_copy(update={"training": training})

    @property
    def judge(self) -> JudgeOptions:
        """The part that the Evaluator needs."""
        canvas = (self.canvas.height, self.canvas.width)
        return JudgeOptions(task=self.task, evaluation=self.evaluation, canvas=canvas)
