"""The cluster manifests: each overlay, put together, is what Kubernetes takes."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

Tree = dict[str, Any]
MANIFESTS = Path(__file__).parents[2] / "kubeflow" / "manifests"
ROOTS = ("serving", "overlays/volume", "overlays/bucket", "beam")


def built(folder: Path) -> dict[tuple[str, str], Tree]:
    """What `kustomize build` puts together, of the parts of it that are used here."""
    told = yaml.safe_load((folder / "kustomization.yaml").read_text())
    objects: dict[tuple[str, str], Tree] = {}
    for name in told["resources"]:
        path = folder / name
        if path.is_dir():
            objects |= built(path)
        else:
            objects |= {key(tree): tree for tree in yaml.safe_load_all(path.read_text())}
    for patch in told.get("patches", []):
        tree = yaml.safe_load((folder / patch["path"]).read_text())
        objects[key(tree)] = merged(objects[key(tree)], tree)
    return objects


def key(tree: Tree) -> tuple[str, str]:
    return tree["kind"], tree["metadata"]["name"]


def merged(under: Any, over: Any) -> Any:
    """A strategic merge: named items of a list are merged, others are replaced."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{k: merged(under[k], v) if k in under else v for k, v in over.items()}}
    if isinstance(under, list) and isinstance(over, list) and all("name" in i for i in under):
        items = {item["name"]: item for item in under}
        for item in over:
            items[item["name"]] = merged(items.get(item["name"], {}), item)
        return list(items.values())
    return over


def pods(root: str) -> list[Tree]:
    objects = built(MANIFESTS / root).values()
    return [tree["spec"]["template"] for tree in objects if tree["kind"] == "Deployment"]


@pytest.mark.parametrize("root", ROOTS)
def test_every_object_is_what_its_schema_says(root: str) -> None:
    objects = built(MANIFESTS / root)
    assert objects
    for tree in objects.values():
        kubernetes_validate.validate(tree, "1.37", strict=True)


def test_a_key_that_there_is_not_is_refused() -> None:
    tree = built(MANIFESTS / "serving")["Service", "digits-serving"]
    tree["spec"]["port"] = 1
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(tree, "1.37", strict=True)


def test_every_file_is_named_by_a_kustomization() -> None:
    for folder in {path.parent for path in MANIFESTS.rglob("kustomization.yaml")}:
        told = yaml.safe_load((folder / "kustomization.yaml").read_text())
        named = {*told["resources"], *(patch["path"] for patch in told.get("patches", []))}
        there = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"}
        assert there == {name for name in named if not name.startswith("..")}


@pytest.mark.parametrize("root", ROOTS)
def test_services_and_budgets_choose_pods_that_there_are(root: str) -> None:
    labels = [pod["metadata"]["labels"].items() for pod in pods(root)]
    for (kind, _), tree in built(MANIFESTS / root).items():
        if kind in ("Service", "PodDisruptionBudget", "Deployment"):
            chosen = tree["spec"]["selector"]
            chosen = chosen.get("matchLabels", chosen)
            assert any(chosen.items() <= of_pod for of_pod in labels), (kind, chosen)


@pytest.mark.parametrize("root", ROOTS)
def test_no_container_is_root_or_without_limits_and_every_mount_has_its_volume(root: str) -> None:
    for pod in pods(root):
        volumes = {volume["name"] for volume in pod["spec"].get("volumes", [])}
        for container in pod["spec"]["containers"]:
            security = {**pod["spec"].get("securityContext", {}), **container["securityContext"]}
            assert security["runAsNonRoot"]
            assert security["runAsUser"] > 0
            assert not security["allowPrivilegeEscalation"]
            assert container["resources"]["limits"]["memory"]
            assert {mount["name"] for mount in container.get("volumeMounts", [])} <= volumes


@pytest.mark.parametrize(
    ("root", "place"), [("overlays/volume", "/models/digits"), ("overlays/bucket", "gs://BUCKET")]
)
def test_server_finds_the_models_where_the_overlay_puts_them(root: str, place: str) -> None:
    objects = built(MANIFESTS / root)
    assert place in objects["ConfigMap", "digits-serving"]["data"]["models.config"]
    pod = objects["Deployment", "digits-serving"]["spec"]["template"]["spec"]
    mounts = {mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
    assert ("/models" in mounts) == place.startswith("/models")
    assert ("serviceAccountName" in pod) == place.startswith("gs://")
