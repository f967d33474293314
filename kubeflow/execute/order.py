"""The order in which tasks run."""

import graphlib

from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from vocabulary.errors import UserError


def order(dag: pb.DagSpec) -> list[str]:
    """The tasks, each after those that it depends on; the same order each time.

    Raises:
        UserError: if tasks depend on each other in a circle.
    """
    sorter = graphlib.TopologicalSorter(
        {name: sorted(_dependencies(dag.tasks[name])) for name in sorted(dag.tasks)}
    )
    try:
        return list(sorter.static_order())
    except graphlib.CycleError as error:
        circle = " → ".join(error.args[1])
        raise UserError(f"these tasks depend on each other in a circle: {circle}") from error


def _dependencies(task: pb.PipelineTaskSpec) -> set[str]:
    artifacts = (a.task_output_artifact.producer_task for a in task.inputs.artifacts.values())
    return {*task.dependent_tasks, *artifacts}
