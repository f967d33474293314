"""The cluster manifests: each overlay, put together, is what Kubernetes takes."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

Tree = dict[str, Any]
MANIFESTS = Path(__file__).parents[2] / "kubeflow" / "manifests"
SERVING = ("serving", "overlays/volume", "overlays/one-node", "overlays/bucket")
BEAM = ("beam", "overlays/beam-one-node")
TRAINING = ("training", "overlays/training-tpu")
ROOTS = (*SERVING, *BEAM, *TRAINING)


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
    for label in told.get("labels", []):
        for tree in objects.values():
            add_to_selectors(tree, label["pairs"])
    for image in told.get("images", []):
        for pod in pods_of(objects):
            for container in pod["spec"]["containers"]:
                if container["image"].partition(":")[0] == image["name"]:
                    container["image"] = f"{image['newName']}:{image['newTag']}"
    return objects


def key(tree: Tree) -> tuple[str, str]:
    return tree["kind"], tree["metadata"]["name"]


def merged(under: Any, over: Any) -> Any:
    """A strategic merge: named items of a list are merged, new ones first, others replaced."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {**under, **{k: merged(under[k], v) if k in under else v for k, v in over.items()}}
    if isinstance(under, list) and isinstance(over, list) and isinstance(under[0], dict):
        old = {item["name"]: item for item in under}
        new = {item["name"]: item for item in over}
        added = [item for name, item in new.items() if name not in old]
        return [*added, *(merged(item, new.get(name, {})) for name, item in old.items())]
    return over


def add_to_selectors(tree: Tree, pairs: Tree) -> None:
    """As `includeSelectors: true`: also where a policy's peers are chosen, if by labels."""
    spec = tree.get("spec", {})
    peers = [peer for rule in spec.get("ingress", []) for peer in rule.get("from", [])]
    selectors = [peer.get("podSelector", {}) for peer in peers]
    selectors += [spec.get(key, {}) for key in ("selector", "podSelector")]
    chosen = [selector["matchLabels"] for selector in selectors if "matchLabels" in selector]
    if tree["kind"] == "Service":
        chosen.append(spec["selector"])
    if tree["kind"] == "Deployment":
        chosen.append(spec["template"]["metadata"]["labels"])
        for constraint in spec["template"]["spec"].get("topologySpreadConstraints", []):
            chosen.append(constraint["labelSelector"]["matchLabels"])
    for labels in chosen:
        labels.update(pairs)


def pods_of(objects: dict[tuple[str, str], Tree]) -> list[Tree]:
    return [
        tree["spec"]["template"]
        for tree in objects.values()
        if tree["kind"] in ("Deployment", "Job")
    ]


def pods(root: str) -> list[Tree]:
    return pods_of(built(MANIFESTS / root))


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


@pytest.mark.parametrize("root", SERVING)
def test_policy_is_for_the_server_and_lets_in_whoever_has_the_one_label(root: str) -> None:
    policy = built(MANIFESTS / root)["NetworkPolicy", "digits-serving"]["spec"]
    (pod,) = pods(root)
    assert policy["podSelector"]["matchLabels"] == pod["metadata"]["labels"]
    clients = policy["ingress"][0]["from"][0]["podSelector"]
    assert clients == {
        "matchExpressions": [{"key": "digits-client", "operator": "In", "values": ["true"]}]
    }


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not at hand")
@pytest.mark.parametrize("root", ROOTS)
def test_kustomize_itself_puts_the_same_together(root: str) -> None:
    ended = subprocess.run(
        ["kubectl", "kustomize", MANIFESTS / root], capture_output=True, text=True, check=True
    )
    text = re.sub(r"flink-[a-z0-9]{10}\b", "flink", ended.stdout)  # it adds a digest
    made = {key(tree): tree.get("spec") for tree in yaml.safe_load_all(text)}
    for found, tree in built(MANIFESTS / root).items():
        assert made[found] == tree.get("spec"), found


@pytest.mark.parametrize("root", ROOTS)
def test_no_container_is_root_or_without_limits_and_every_mount_has_its_volume(root: str) -> None:
    for pod in pods(root):
        volumes = {volume["name"] for volume in pod["spec"].get("volumes", [])}
        for container in pod["spec"]["containers"]:
            security = {**pod["spec"].get("securityContext", {}), **container["securityContext"]}
            assert security["runAsNonRoot"]
            assert security["runAsUser"] > 0
            assert not security["allowPrivilegeEscalation"]
            assert security["seccompProfile"] == {"type": "RuntimeDefault"}
            assert container["resources"]["limits"]["memory"]
            assert {mount["name"] for mount in container.get("volumeMounts", [])} <= volumes


@pytest.mark.parametrize("root", ROOTS)
def test_every_image_has_a_tag_of_its_own(root: str) -> None:
    for pod in pods(root):
        for container in pod["spec"]["containers"]:
            name, _, tag = container["image"].rpartition(":")
            assert "/" in name
            assert tag not in ("", "latest")


@pytest.mark.parametrize("root", ["overlays/one-node", "overlays/beam-one-node"])
def test_where_one_node_does_all_no_claim_asks_for_more(root: str) -> None:
    objects = built(MANIFESTS / root)
    modes = [tree["spec"]["accessModes"] for (kind, _), tree in objects.items() if "Claim" in kind]
    assert modes == [["ReadWriteOnce"]]


def test_pods_that_share_a_volume_of_one_node_are_on_it() -> None:
    objects = built(MANIFESTS / "overlays/beam-one-node")
    pod = objects["Deployment", "flink-task-manager"]["spec"]["template"]["spec"]
    (rule,) = pod["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    other = objects["Deployment", "beam-job-server"]["spec"]["template"]["metadata"]["labels"]
    assert rule["labelSelector"]["matchLabels"] == other
    assert rule["topologyKey"] == "kubernetes.io/hostname"


def test_connections_that_are_kept_are_spread_over_pods() -> None:
    objects = built(MANIFESTS / "serving")
    assert objects["Service", "digits-serving-grpc"]["spec"]["clusterIP"] == "None"
    (pod,) = pods("serving")
    arguments = pod["spec"]["containers"][0]["args"]
    assert "--grpc_channel_arguments=grpc.max_connection_age_ms=60000" in arguments


@pytest.mark.parametrize(
    ("root", "name"), [("serving", "digits-serving"), ("beam", "flink-task-manager")]
)
def test_pods_of_which_there_are_several_are_spread_over_nodes(root: str, name: str) -> None:
    pod = built(MANIFESTS / root)["Deployment", name]["spec"]["template"]
    (constraint,) = pod["spec"]["topologySpreadConstraints"]
    assert constraint["labelSelector"]["matchLabels"] == pod["metadata"]["labels"]


def test_pods_of_the_inference_service_are_held_to_the_same() -> None:
    service = built(MANIFESTS / "kserve")["InferenceService", "digits"]
    assert service["metadata"]["annotations"] == {"serving.kserve.io/deploymentMode": "Standard"}
    predictor = service["spec"]["predictor"]
    assert predictor["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
    (constraint,) = predictor["topologySpreadConstraints"]
    chosen = constraint["labelSelector"]["matchLabels"]
    assert chosen == {"serving.kserve.io/inferenceservice": service["metadata"]["name"]}


def test_account_of_the_inference_service_comes_with_it() -> None:
    objects = built(MANIFESTS / "kserve")
    predictor = objects["InferenceService", "digits"]["spec"]["predictor"]
    assert ("ServiceAccount", predictor["serviceAccountName"]) in objects


def test_task_managers_see_what_the_job_server_is_given() -> None:
    objects = built(MANIFESTS / "beam")

    def claim_at(deployment: str, container: str) -> str:
        pod = objects["Deployment", deployment]["spec"]["template"]["spec"]
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        (mounts,) = (c["volumeMounts"] for c in pod["containers"] if c["name"] == container)
        (mount,) = (mount for mount in mounts if mount["mountPath"] == "/artifacts")
        return volumes[mount["name"]]["persistentVolumeClaim"]["claimName"]

    claim = claim_at("beam-job-server", "job-server")
    assert claim_at("flink-task-manager", "task-manager") == claim
    assert ("PersistentVolumeClaim", claim) in objects


def test_job_has_as_many_pods_as_workers_and_a_name_for_each() -> None:
    objects = built(MANIFESTS / "training")
    job = objects["Job", "digits-training"]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    service = objects["Service", job["template"]["spec"]["subdomain"]]
    assert job["completions"] == job["parallelism"] == 2
    assert "--workers=2" in container["args"]
    assert "--hosts=digits-training-{}.digits-training:2222" in container["args"]
    assert service["spec"]["clusterIP"] == "None"


def test_tpu_is_that_of_one_host() -> None:
    job = built(MANIFESTS / "overlays/training-tpu")["Job", "digits-training"]["spec"]
    pod = job["template"]["spec"]
    (container,) = pod["containers"]
    assert job["completions"] == job["parallelism"] == 1
    assert container["image"] == "registry.example/digits-tpu:1"
    assert container["resources"]["limits"] == {"memory": "8Gi", "google.com/tpu": "4"}
    assert set(pod["nodeSelector"]) == {
        "cloud.google.com/gke-tpu-accelerator",
        "cloud.google.com/gke-tpu-topology",
    }
    assert not any(word.startswith("--workers") for word in container["args"])


@pytest.mark.parametrize(
    ("place", "value"),
    [("model", {"modelFormatt": 1}), ("model", {"runtimeVersion": 2.21}), ("spec", {"model": {}})],
)
def test_schema_of_kserve_refuses_what_there_is_not(place: str, value: Tree) -> None:
    folder = MANIFESTS / "kserve"
    schema = json.loads((folder / "schema.json").read_text())
    tree = yaml.safe_load((folder / "service.yaml").read_text())
    jsonschema.validate(tree, schema)
    spec = tree["spec"]
    (spec if place == "spec" else spec["predictor"]["model"]).update(value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, schema)


def test_server_in_a_cluster_is_configured_as_in_the_container() -> None:
    objects = built(MANIFESTS / "serving")
    files = (MANIFESTS.parents[1] / "serving" / "config").iterdir()
    expected = {path.name: path.read_text() for path in files}
    assert objects["ConfigMap", "digits-serving"]["data"] == expected


@pytest.mark.parametrize(
    ("root", "place"),
    [
        ("overlays/volume", "/models/digits"),
        ("overlays/one-node", "/models/digits"),
        ("overlays/bucket", "gs://BUCKET"),
    ],
)
def test_server_finds_the_models_where_the_overlay_puts_them(root: str, place: str) -> None:
    objects = built(MANIFESTS / root)
    assert place in objects["ConfigMap", "digits-serving"]["data"]["models.config"]
    pod = objects["Deployment", "digits-serving"]["spec"]["template"]["spec"]
    mounts = {mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
    assert ("/models" in mounts) == place.startswith("/models")
    assert ("serviceAccountName" in pod) == place.startswith("gs://")
