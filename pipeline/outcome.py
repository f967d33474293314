"""What became of a model, as the components noted it."""

from pipeline.history import Node


def pushed_version(pusher: Node) -> int | None:
    """The version that was pushed, if one was."""
    properties = pusher.outputs["pushed_model"].properties
    return int(properties["pushed_version"]) if properties.get("pushed") else None


def blessed(evaluator: Node) -> bool:
    """Whether the model passed."""
    return bool(evaluator.outputs["blessing"].properties.get("blessed"))
