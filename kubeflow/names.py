"""What a component of the DAG is called in a cluster: names there have no capitals."""

import re


def kebab_case(name: str) -> str:
    """`DigitExampleGen` as `digit-example-gen`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").replace(".", "-").lower()


def component_id(task: str) -> str:
    """`digit-example-gen` as `DigitExampleGen`: the component that a task was compiled from."""
    return "".join(part.capitalize() for part in task.split("-"))
