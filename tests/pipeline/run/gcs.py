"""Google Cloud Storage on this machine: fake-gcs-server, to which the usual clients are led.

TensorFlow's (`tsl/platform/cloud/gcs_file_system.cc`) has its addresses built in and reads no
variable for an emulator. It asks through curl, which takes a proxy and an authority from the
environment, as Beam's does through requests: the proxy here leads every connection to the server,
whose certificate is for Google's names. What is not covered: Google's permissions, quotas, and how
it fails.
"""

import contextlib
import datetime
import os
import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.pipeline.run.test_run_portable import free_port, serving

_PACKAGE: Final = "github.com/fsouza/fake-gcs-server@v1.56.1"
_NAMES: Final = ("www.googleapis.com", "storage.googleapis.com")


@contextlib.contextmanager
def buckets(data: Path, folder: Path) -> Iterator[Mapping[str, str]]:
    """What reaches the folders in `data` as buckets: an environment.

    `folder` is for its files, among them `log`, with a line for each request.
    """
    if not shutil.which("go"):
        pytest.skip("fake-gcs-server is built by Go, which is not installed")
    environment = {**os.environ, "GOBIN": str(folder)}
    subprocess.run(["go", "install", _PACKAGE], check=True, env=environment)
    certificate, key = _certificate(folder)
    port = free_port()
    command = [
        str(folder / "fake-gcs-server"), "-scheme", "https", "-host", "localhost",
        "-port", str(port), "-backend", "memory", "-data", str(data),
        "-public-host", "storage.googleapis.com",
        "-cert-location", str(certificate), "-private-key-location", str(key),
    ]  # fmt: skip
    with serving(folder / "log", port, *command), _proxy(port) as proxy:
        yield {
            "https_proxy": f"http://localhost:{proxy}",
            "no_proxy": "localhost,127.0.0.1",
            "CURL_CA_BUNDLE": str(certificate),
            "REQUESTS_CA_BUNDLE": str(certificate),
            "GOOGLE_AUTH_TOKEN_FOR_TESTING": "any",
            "NO_GCE_CHECK": "true",  # for Beam: no credentials are to be had here
        }


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for Google's names that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAMES[0])])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, _NAMES)), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(private)
    return folder / "certificate.pem", folder / "key.pem"


@contextlib.contextmanager
def _proxy(port: int) -> Iterator[int]:
    """The port of a proxy whose every connection is one to a port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            with socket.create_connection(("localhost", port)) as server:
                back = threading.Thread(target=_pour, args=(server, self.connection))
                back.start()
                _pour(self.connection, server)
                back.join()

    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("localhost", 0), Handler) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy.server_address[1]
        proxy.shutdown()


def _pour(source: socket.socket, into: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while received := source.recv(65536):
            into.sendall(received)
        into.shutdown(socket.SHUT_WR)
