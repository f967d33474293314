"""The DAG, as the README draws it, in four groups; nothing about where it runs.

A group is a function that creates its components and a tuple that names them. A component that is
there only when the config asks for it is None otherwise.
"""

from typing import TYPE_CHECKING, NamedTuple

from tfx.components.statistics_gen.component import StatisticsGen
from tfx.components.trainer.component import Trainer
from tfx.components.transform.component import Transform
from tfx.dsl.components.base.base_component import BaseComponent
from tfx.proto import pusher_pb2, trainer_pb2

from components.bulk_inferrer.component import BulkInferrer
from components.champion.component import Champion
from components.digit_example_gen.component import DigitExampleGen
from components.digit_schema_gen.component import DigitSchemaGen
from components.distribution_validator.component import DistributionValidator
from components.evaluator.component import Evaluator
from components.example_validator.component import ExampleValidator
from components.infra_validator.component import InfraValidator
from components.pusher.component import Pusher
from components.report.component import Report
from pipeline.config.config import Config
from trainer.options import CHECKPOINTS, OPTIONS, TRIALS
from vocabulary.splits import TRAIN

if TYPE_CHECKING:
    from tfx.components.tuner.component import Tuner


class Data(NamedTuple):
    """Examples, what is known about them, and what a model is fed with."""

    examples: DigitExampleGen
    schema: BaseComponent
    statistics: StatisticsGen
    validator: ExampleValidator
    transform: Transform


class Training(NamedTuple):
    """The model, and what it starts from."""

    tuner: "Tuner | None"
    incumbent: Champion | None
    trainer: Trainer


class Judging(NamedTuple):
    """The verdict, and the version it is compared with."""

    champion: Champion
    drift: DistributionValidator
    evaluator: Evaluator


class Shipping(NamedTuple):
    """What a judged model goes through on its way to the serving directory."""

    bulk_inferrer: BulkInferrer | None
    infra_validator: InfraValidator
    pusher: Pusher
    report: Report


def create_components(
    config: Config, *, serving_dir: str, checkpoint_dir: str
) -> list[BaseComponent]:
    """The components, each given the outputs of those before it.

    Versions are pushed to `serving_dir`, where the champion is; a training that was interrupted is
    resumed from `checkpoint_dir`.
    """
    data = _create_data(config)
    training = _create_training(
        config, data, serving_dir=serving_dir, checkpoint_dir=checkpoint_dir
    )
    judging = _create_judging(config, data, training, serving_dir=serving_dir)
    shipping = _create_shipping(config, data, training, judging, serving_dir=serving_dir)
    return [
        component for component in (*data, *training, *judging, *shipping) if component is not None
    ]


def _create_data(config: Config) -> Data:
    examples = DigitExampleGen(data=config.data, splits=config.splits)
    schema = DigitSchemaGen(task=config.task.kind, classes=len(config.task.classes))
    statistics = StatisticsGen(
        examples=examples.outputs["examples"], schema=schema.outputs["schema"]
    )
    validator = ExampleValidator(
        statistics=statistics.outputs["statistics"], schema=schema.outputs["schema"]
    )
    transform = Transform(
        examples=examples.outputs["examples"],
        schema=schema.outputs["schema"],
        preprocessing_fn="trainer.preprocessing.preprocessing_fn",
        custom_config=config.transform,
        materialize=False,
        disable_statistics=True,
    )
    transform.add_upstream_node(validator)
    return Data(examples, schema, statistics, validator, transform)


def _create_training(
    config: Config, data: Data, *, serving_dir: str, checkpoint_dir: str
) -> Training:
    inputs = {
        "examples": data.examples.outputs["examples"],
        "transform_graph": data.transform.outputs["transform_graph"],
        "schema": data.schema.outputs["schema"],
        "train_args": trainer_pb2.TrainArgs(splits=[TRAIN]),
        "eval_args": trainer_pb2.EvalArgs(splits=[config.watched_split]),
    }
    tuner, incumbent = None, None
    if config.tuner.enabled:
        from tfx.components.tuner.component import Tuner  # loads KerasTuner, and so Keras

        tuner = Tuner(
            tuner_fn="trainer.tuning.tuner_fn",
            custom_config={OPTIONS: config.trial.model_dump_json(), TRIALS: config.tuner.trials},
            **inputs,
        )
    if config.training.warm_start:
        incumbent = Champion(destination=serving_dir).with_id("Incumbent")
    trainer = Trainer(
        run_fn="trainer.run.run_fn",
        hyperparameters=tuner.outputs["best_hyperparameters"] if tuner else None,
        base_model=incumbent.outputs["champion"] if incumbent else None,
        custom_config={
            OPTIONS: config.trainer.model_dump_json(),
            CHECKPOINTS: checkpoint_dir,
        },
        **inputs,
    )
    return Training(tuner, incumbent, trainer)


def _create_judging(config: Config, data: Data, training: Training, *, serving_dir: str) -> Judging:
    model = training.trainer.outputs["model"]
    champion = Champion(candidate=model, destination=serving_dir)
    drift = DistributionValidator(
        statistics=data.statistics.outputs["statistics"],
        champion=champion.outputs["champion"],
        options=config.drift,
        task=config.task.kind,
    )
    evaluator = Evaluator(
        examples=data.examples.outputs["examples"],
        model=model,
        champion=champion.outputs["champion"],
        options=config.judge.model_dump_json(),
    )
    evaluator.add_upstream_node(drift)
    return Judging(champion, drift, evaluator)


def _create_shipping(
    config: Config, data: Data, training: Training, judging: Judging, *, serving_dir: str
) -> Shipping:
    examples = data.examples.outputs["examples"]
    statistics = data.statistics.outputs["statistics"]
    model = training.trainer.outputs["model"]
    blessing = judging.evaluator.outputs["blessing"]
    bulk_inferrer = None
    if config.bulk_inference:
        bulk_inferrer = BulkInferrer(
            examples=examples,
            model=model,
            blessing=blessing,
            splits=config.bulk_inference,
            task=config.task,
        )
    infra_validator = InfraValidator(
        model=model, examples=examples, platform=config.serving.platform
    )
    pusher = Pusher(
        model_blessing=blessing,
        infra_blessing=infra_validator.outputs["blessing"],
        statistics=statistics,
        push_destination=pusher_pb2.PushDestination(
            filesystem=pusher_pb2.PushDestination.Filesystem(base_directory=serving_dir)
        ),
    )
    report = Report(
        config=config.reported,
        examples=examples,
        statistics=statistics,
        anomalies=data.validator.outputs["anomalies"],
        drift=judging.drift.outputs["anomalies"],
        model=model,
        model_run=training.trainer.outputs["model_run"],
        evaluation=judging.evaluator.outputs["evaluation"],
        pushed_model=pusher.outputs["pushed_model"],
    )
    return Shipping(bulk_inferrer, infra_validator, pusher, report)
