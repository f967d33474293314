"""What came of a run: the object that `digits run --json` prints, and the table for people."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from evaluation.results import read_metrics
from evaluation.verdict import read_verdict
from pipeline.config.config import Config
from pipeline.run.descriptions import counts, left_out, not_servable, training_history
from pipeline.workspace.node import Node
from pipeline.workspace.workspace import Workspace
from vocabulary.task.judging import metrics_of


class NodeSummary(BaseModel):
    """One component: `state` is complete, failed, interrupted or running."""

    id: str
    seconds: float
    cached: bool
    state: str


class RunSummary(BaseModel):
    """A finished run.

    `left_out` counts, by reason, what became no example; `metrics` are of the whole eval split, by
    the names of the task's records; `reasons` say why the model was not blessed; `not_servable` why
    it could not be served, if so; `hyperparameters` are what a Tuner found; `pushed_version` is
    what this run pushed, if anything, `served_version` what its model serves as, whichever run
    pushed it; `report` is the path of the page; `seconds` are of the run itself, without the
    imports before it.
    """

    run_id: str
    workspace: str
    task: str
    nodes: list[NodeSummary]
    examples: dict[str, int]
    left_out: dict[str, int] = {}
    metrics: dict[str, float]
    parameters: int
    hyperparameters: dict[str, float]
    blessed: bool
    reasons: list[str]
    not_servable: str
    pushed_version: int | None
    served_version: int | None
    serving_dir: str
    report: str
    log: str
    seconds: float

    @classmethod
    def of(
        cls,
        nodes: dict[str, Node],
        config: Config,
        workspace: Workspace,
        *,
        run_id: str,
        report: str,
        log: str,
        seconds: float,
    ) -> Self:
        """Gathers what the components of a finished run noted."""
        evaluation = str(nodes["Evaluator"].outputs["evaluation"].uri)
        history = training_history(nodes["Trainer"])
        return cls(
            run_id=run_id,
            workspace=str(workspace.root),
            task=config.task.kind,
            nodes=[
                NodeSummary(id=n.id, seconds=round(n.seconds, 3), cached=n.cached, state=n.state)
                for n in nodes.values()
            ],
            examples=counts(nodes["DigitExampleGen"]),
            left_out={one.reason: one.pictures for one in left_out(nodes["DigitExampleGen"])},
            metrics=read_metrics(evaluation),
            parameters=history["parameters"],
            hyperparameters=history["hyperparameters"],
            blessed=nodes["Evaluator"].blessed,
            reasons=read_verdict(evaluation).reasons,
            not_servable=not_servable(nodes["InfraValidator"]),
            pushed_version=nodes["Pusher"].pushed_version,
            served_version=nodes["Pusher"].served_version,
            serving_dir=str(workspace.serving),
            report=report,
            log=log,
            seconds=round(seconds, 3),
        )

    def as_sentence(self) -> str:
        """For the log: what came of it."""
        blessed = "blessed" if self.blessed else "not blessed"
        return f"{blessed}, pushed to {self._where_pushed()}, in {self.seconds:.0f} s"

    def as_table(self, bars: Mapping[str, float]) -> Table:
        """For people; `bars` are those of the config."""
        table = Table(box=SIMPLE_HEAD, show_header=False, pad_edge=False)
        table.add_column()
        table.add_column(overflow="fold")  # a path is of no use cut off
        for split, size in self.examples.items():
            table.add_row(f"examples, {split}", f"{size:,}")
        for reason, count in self.left_out.items():
            table.add_row("left out", f"{count:,}: {reason}")
        for name, value in self.hyperparameters.items():
            table.add_row(f"tuned {name}", f"{value:.3g}")
        table.add_section()
        for metric in metrics_of(self.task).values():
            if metric.shown != "full" and metric.name in self.metrics:
                figure = (f"{self.metrics[metric.name]:.4f} ", "bold")
                bar = f"bar {bars[metric.name]:g}" if metric.name in bars else ""
                table.add_row(metric.title, Text.assemble(figure, (bar, "dim")))
        table.add_section()
        table.add_row("blessed", Text("yes", "green") if self.blessed else Text("no", "red"))
        for reason in self.reasons:
            table.add_row("", reason)
        if self.not_servable:
            table.add_row("servable", Text.assemble(("no", "red"), f" {self.not_servable}"))
        table.add_row("pushed to", self._where_pushed())
        table.add_row("report", self.report)
        return table

    def _where_pushed(self) -> str:
        if self.pushed_version:
            return f"{self.serving_dir}/{self.pushed_version}"
        if self.served_version:
            return f"nowhere: it already serves as version {self.served_version}"
        return "nowhere"

    @property
    def passed(self) -> bool:
        """Whether the model is good enough, and can be served."""
        return self.blessed and not self.not_servable
