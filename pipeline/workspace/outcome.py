"""What became of a model, as the components noted it."""

from pipeline.workspace.history import Node
from vocabulary.pushed import ALREADY_SERVES_AS


def pushed_version(pusher: Node) -> int | None:
    """The version that this run pushed, if it pushed one; what comes from the cache did not."""
    properties = pusher.outputs["pushed_model"].properties
    pushed = properties.get("pushed") and not pusher.cached
    return int(properties["pushed_version"]) if pushed else None


def served_version(pusher: Node) -> int | None:
    """The version that the model serves as, whichever run pushed it; none if it is turned down."""
    properties = pusher.outputs["pushed_model"].properties
    if properties.get("pushed"):
        return int(properties["pushed_version"])
    return properties.get(ALREADY_SERVES_AS)


def blessed(evaluator: Node) -> bool:
    """Whether the model passed."""
    return bool(evaluator.outputs["blessing"].properties.get("blessed"))
