"""The DAG, as the README draws it: one line for each component, nothing about where it runs."""

from tfx.components import StatisticsGen, Trainer, Transform, Tuner
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


def create_components(
    config: Config, *, serving_dir: str, checkpoint_dir: str
) -> list[BaseComponent]:
    """The components, each given the outputs of those before it.

    Args:
        config: what to make, train and judge.
        serving_dir: where versions are pushed to, and where the champion is.
        checkpoint_dir: where a training that is broken off finds itself again.
    """
    examples = DigitExampleGen(data=config.data, splits=config.splits)
    schema = DigitSchemaGen()
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
    data = {
        "examples": examples.outputs["examples"],
        "transform_graph": transform.outputs["transform_graph"],
        "schema": schema.outputs["schema"],
        "train_args": trainer_pb2.TrainArgs(splits=["train"]),
        "eval_args": trainer_pb2.EvalArgs(splits=[config.watched_split]),
    }
    tuner = config.tuner.enabled and Tuner(
        tuner_fn="trainer.tuning.tuner_fn",
        custom_config={OPTIONS: config.trial.model_dump_json(), TRIALS: config.tuner.trials},
        **data,
    )
    incumbent = config.training.warm_start and Champion(destination=serving_dir).with_id(
        "Incumbent"
    )
    trainer = Trainer(
        run_fn="trainer.run.run_fn",
        hyperparameters=tuner.outputs["best_hyperparameters"] if tuner else None,
        base_model=incumbent.outputs["champion"] if incumbent else None,
        custom_config={
            OPTIONS: config.trainer.model_dump_json(),
            CHECKPOINTS: checkpoint_dir,
        },
        **data,
    )
    champion = Champion(candidate=trainer.outputs["model"], destination=serving_dir)
    drift = DistributionValidator(
        statistics=statistics.outputs["statistics"],
        champion=champion.outputs["champion"],
        options=config.drift,
    )
    evaluator = Evaluator(
        examples=examples.outputs["examples"],
        model=trainer.outputs["model"],
        champion=champion.outputs["champion"],
        options=config.judge.model_dump_json(),
    )
    evaluator.add_upstream_node(drift)
    bulk_inferrer = config.bulk_inference and BulkInferrer(
        examples=examples.outputs["examples"],
        model=trainer.outputs["model"],
        blessing=evaluator.outputs["blessing"],
        splits=config.bulk_inference,
    )
    infra_validator = InfraValidator(
        model=trainer.outputs["model"],
        examples=examples.outputs["examples"],
        platform=config.serving.platform,
    )
    pusher = Pusher(
        model_blessing=evaluator.outputs["blessing"],
        infra_blessing=infra_validator.outputs["blessing"],
        statistics=statistics.outputs["statistics"],
        push_destination=pusher_pb2.PushDestination(
            filesystem=pusher_pb2.PushDestination.Filesystem(base_directory=serving_dir)
        ),
    )
    report = Report(
        config=config.reported,
        examples=examples.outputs["examples"],
        statistics=statistics.outputs["statistics"],
        anomalies=validator.outputs["anomalies"],
        drift=drift.outputs["anomalies"],
        model=trainer.outputs["model"],
        model_run=trainer.outputs["model_run"],
        evaluation=evaluator.outputs["evaluation"],
        pushed_model=pusher.outputs["pushed_model"],
    )
    components = [
        examples, schema, statistics, validator, transform,
        tuner, incumbent, trainer, champion, drift, evaluator, bulk_inferrer, infra_validator,
        pusher, report,
    ]  # fmt: skip
    return [component for component in components if component]
