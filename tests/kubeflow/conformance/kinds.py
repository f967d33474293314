"""Schemas of the kinds that Argo and KServe add to Kubernetes, as these two define them."""

from pathlib import Path
from typing import Any

import jsonschema
import yaml

Tree = dict[str, Any]


def problems(definition: Path, tree: Tree) -> list[str]:
    """What Kubernetes would refuse of an object by the schema of its kind, as "path: reason".

    `definition` is the file of a CustomResourceDefinition. Neither its rules in CEL nor the checks
    of a controller are applied, and formats of texts are not looked at.
    """
    versions = yaml.load(definition.read_text(), Loader=yaml.CSafeLoader)["spec"]["versions"]
    name = tree["apiVersion"].rpartition("/")[2]
    (schema,) = (v["schema"]["openAPIV3Schema"] for v in versions if v["name"] == name)
    errors = jsonschema.Draft7Validator(_strict(schema)).iter_errors(tree)
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in errors]


def _strict(schema: Tree) -> Tree:
    """JSON Schema of a schema of Kubernetes': what is not declared is refused."""
    strict = {key: value for key, value in schema.items() if key != "format"}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            strict[key] = _strict(schema[key])
    if "properties" in schema:
        strict["properties"] = {
            name: _strict(property_) for name, property_ in schema["properties"].items()
        }
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            strict.setdefault("additionalProperties", False)
    if schema.get("nullable"):
        strict["type"] = [schema["type"], "null"]
    return strict
