"""Kubernetes' own API server: etcd and kube-apiserver as processes of this machine.

Go builds both, of the module `kubeflow/conformance/apiserver`, once, into `build/api_server/`. With
no controller, scheduler or node beside it, what the server takes is kept, and nothing is started.
"""

import contextlib
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.kubeflow.conformance.go_modules import build_tools
from tests.kubeflow.test_manifests import Tree
from tests.pipeline.beam.services import free_port

ROOT = Path(__file__).parents[3]
MODULE = ROOT / "kubeflow/conformance/apiserver"
PROGRAMS = ROOT / "build/api_server"
PATIENCE_S = 120
_TOKEN = "conformance"
_STRICT = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
}
"""A namespace in which pods are held to Kubernetes' strictest standard."""


class RefusedError(Exception):
    """What the server says of an object that it does not take."""


class ApiServer:
    """Takes objects as `kubectl apply --server-side` sends them."""

    def __init__(self, client: httpx.Client):
        self._client = client

    def define(self, definition: Tree) -> None:
        """Adds a kind, by its CustomResourceDefinition, and waits until it is known."""
        self.apply(definition)
        group, names = definition["spec"]["group"], definition["spec"]["names"]
        served = [v["name"] for v in definition["spec"]["versions"] if v["served"]]
        deadline = time.monotonic() + PATIENCE_S
        while not all(self._kinds(f"/apis/{group}/{one}").get(names["kind"]) for one in served):
            assert time.monotonic() < deadline, f"{names['kind']} is not served"
            time.sleep(0.2)

    def make_namespace(self, name: str) -> str:
        metadata = {"name": name, "labels": _STRICT}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        return name

    def apply(self, tree: Tree, namespace: str = "default") -> list[str]:
        """Keeps an object and gives the server's warnings; raises RefusedError."""
        version = tree["apiVersion"]
        place = f"/apis/{version}" if "/" in version else f"/api/{version}"
        kind = self._kinds(place)[tree["kind"]]
        within = f"/namespaces/{namespace}" if kind["namespaced"] else ""
        answer = self._client.patch(
            f"{place}{within}/{kind['name']}/{tree['metadata']['name']}",
            params={"fieldManager": "conformance", "fieldValidation": "Strict"},
            headers={"Content-Type": "application/apply-patch+yaml"},
            json=tree,
        )
        if answer.is_error:
            raise RefusedError(answer.json()["message"])
        return answer.headers.get_list("Warning")

    def _kinds(self, place: str) -> dict[str, dict[str, Any]]:
        """The resources of a version of a group by their kind; none if there is no such version."""
        answer = self._client.get(place)
        resources = answer.json()["resources"] if answer.is_success else []
        return {one["kind"]: one for one in resources if "/" not in one["name"]}


@contextlib.contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """A server that keeps its files in a folder, until the block ends."""
    build_tools(MODULE, PROGRAMS)
    store, peers, port = free_port(), free_port(), free_port()
    with contextlib.ExitStack() as stack:
        etcd = _etcd(folder, f"http://127.0.0.1:{store}", f"http://127.0.0.1:{peers}")
        stack.enter_context(_running(folder / "etcd.log", etcd))
        server = _kube_apiserver(folder, f"http://127.0.0.1:{store}", port)
        running = stack.enter_context(_running(folder / "kube-apiserver.log", server))
        certificate = folder / "certificates/apiserver.crt"
        _wait(certificate.is_file, running, folder)
        client = httpx.Client(
            base_url=f"https://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {_TOKEN}"},
            verify=ssl.create_default_context(cafile=certificate),
            timeout=PATIENCE_S,
            trust_env=False,
        )
        stack.enter_context(client)
        _wait(lambda: _ready(client), running, folder)
        yield ApiServer(client)


def _etcd(folder: Path, address: str, peers: str) -> list[str]:
    return [
        str(PROGRAMS / "server"),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={address}",
        f"--advertise-client-urls={address}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
    ]


def _kube_apiserver(folder: Path, store: str, port: int) -> list[str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "accounts.key").write_bytes(key)
    (folder / "tokens.csv").write_text(f"{_TOKEN},admin,1,system:masters\n")
    return [
        str(PROGRAMS / "kube-apiserver"),
        f"--etcd-servers={store}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / 'certificates'}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={folder / 'accounts.key'}",
        f"--service-account-signing-key-file={folder / 'accounts.key'}",
        "--service-cluster-ip-range=10.0.0.0/24",
    ]


@contextlib.contextmanager
def _running(log: Path, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _wait(ready: Callable[[], bool], running: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        assert running.poll() is None, (folder / "kube-apiserver.log").read_text()[-5000:]
        assert time.monotonic() < deadline, f"no API server; the logs are in {folder}"
        time.sleep(0.2)


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False
