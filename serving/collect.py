"""Drawings with their right labels, which the server keeps if it was started with `--collect DIR`.

GET  /collect   {"classes": [..]}, or null where it was not
POST /collect   {"picture": {"b64": ".."}, "name": "7"}

The folder is of YOLO's format (docs/folder.md), for `digits doctor`, `digits compare --data` and
training. A picture is called by its bytes: one that comes again, as with another label, is kept
once.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import cv2
import grpc
import numpy as np
import tensorflow as tf
from starlette.requests import Request

from serving.errors import ServingError, invalid
from serving.service import Service
from serving.tensors import from_json
from vocabulary.card import read_card, task_on
from vocabulary.errors import UserError
from vocabulary.ink import ink_box
from vocabulary.labels import yolo
from vocabulary.labels.record import Annotated, Object
from vocabulary.signatures import IMAGE_BYTES

PATH: Final = "/collect"
MOST: Final = 10_000
"""Drawings that are kept, so that nobody fills a disk."""
_PNG: Final = b"\x89PNG"


def classes_of(service: Service) -> list[str] | None:
    """What a drawing may be called: the newest version's classes; None where none are kept."""
    if service.options.collect is None:
        return None
    versions = service.manager.statuses()
    newest = next((one.version for one in versions if one.state == "AVAILABLE"), None)
    if newest is None:
        return None
    try:
        return list(task_on(read_card(service.options.model_base_path / str(newest))).classes)
    except (UserError, ValueError):
        return None


def check_origin(request: Request) -> None:
    """Raises ServingError if a page of another server asks, which shall not write here."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise invalid(f"drawings are kept for this server's own page, not for {origin:.100}")


def keep(service: Service, fields: dict[str, Any]) -> str:
    """Keeps a drawing, light on dark or dark on light; returns the name of its file.

    Raises ServingError if the request is rejected.
    """
    folder, classes = service.options.collect, classes_of(service)
    if folder is None or classes is None:
        raise _refused("this server keeps no drawings; start it with --collect DIR")
    if set(fields) != {"picture", "name"}:
        raise invalid("the request must have 'picture' and 'name', and nothing else")
    if (name := fields["name"]) not in classes:
        raise invalid(f"'name' must be one of {', '.join(classes)}")
    picture = from_json("picture", [fields["picture"]], tf.string)
    if picture.shape != (1,):
        raise invalid("'picture' must be a single one, in base64")
    with service.decoding({IMAGE_BYTES: picture}):
        encoded = picture[0]
        if not encoded.startswith(_PNG):
            raise invalid("'picture' must be a PNG")
        size, box = _measured(encoded)
    return _write(folder, encoded, Annotated("", (Object(name, box, ""),), size), classes)


def _measured(encoded: bytes) -> tuple[tuple[int, int], tuple[float, float, float, float]]:
    """Width and height, and the box around all ink, in [0, 1] of them."""
    grey = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise invalid("'picture' cannot be decoded")
    height, width = grey.shape
    xmin, ymin, xmax, ymax = ink_box(255 - grey if np.median(grey) > 127 else grey)
    if xmax == xmin:
        raise invalid("'picture' has no ink")
    return (width, height), (xmin / width, ymin / height, xmax / width, ymax / height)


def _write(folder: Path, encoded: bytes, label: Annotated, classes: list[str]) -> str:
    """Writes beside the folder's files first, so that no reader finds a half-written one."""
    name = hashlib.sha256(encoded).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_folder(folder, classes)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as partial:
            yolo.write(Path(partial), [label._replace(path=f"{name}.png")], classes)
            Path(partial, f"{name}.png").write_bytes(encoded)
            # Last the picture: it is what readers ask a label for.
            for file in (yolo.CLASSES, f"{name}.txt", f"{name}.png"):
                os.replace(Path(partial, file), folder / file)
    except OSError as error:
        raise _refused(f"the drawing cannot be kept in {folder}: {error.strerror}") from error
    return f"{name}.png"


def _check_folder(folder: Path, classes: list[str]) -> None:
    names = folder / yolo.CLASSES
    if names.is_file() and names.read_text().splitlines() != classes:
        raise _refused(
            f"{names} has other classes than the model; start the server with another --collect"
        )
    if sum(1 for _ in folder.glob("*.png")) >= MOST:
        raise _refused(f"{folder} has {MOST} drawings already; start with another --collect")


def _refused(message: str) -> ServingError:
    return ServingError(grpc.StatusCode.FAILED_PRECONDITION, message)
