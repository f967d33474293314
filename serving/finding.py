"""What the server does beyond TensorFlow Serving: finds all that is written on pictures.

POST /v1/models/NAME[/versions/V]:find   {"instances": [{"b64": ".."}], "invert": "auto"}
{"predictions": [..]}, each as a row of `digits predict --find --json`

`serving.strip` finds the pieces, and the served model reads them as any other pictures.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

import numpy as np
import tensorflow as tf

from serving.errors import invalid
from serving.ink import Invert
from serving.prepare import prepare_strip
from serving.reading import Reader, as_rows
from serving.service import Service
from serving.tensors import from_json, to_json
from vocabulary.card import read_card, task_on
from vocabulary.errors import UserError
from vocabulary.pictures import UnreadableError, upright_size
from vocabulary.signatures import IMAGE_BYTES

_MOST: Final = 16
"""Pictures in a request: one that is full of ink takes seconds."""


def find(
    service: Service, fields: dict[str, Any], *, model_name: str, version: int | None
) -> list[dict[str, Any]]:
    """What is written on each picture of a request, as JSON has it.

    Raises ServingError if the request is rejected.
    """
    service.check_name(model_name)
    if not {"instances"} <= set(fields) <= {"instances", "invert"}:
        raise invalid("the request must have 'instances', and may have 'invert', and nothing else")
    invert = fields.get("invert", "auto")
    if invert not in get_args(Invert):
        raise invalid(f"'invert' must be one of {', '.join(get_args(Invert))}")
    pictures = from_json("instances", fields["instances"], tf.string).ravel()
    if not 1 <= len(pictures) <= _MOST:
        raise invalid(f"the request has {len(pictures)} pictures; send 1 to {_MOST}")
    # One version reads all pieces, and stays loaded.
    with service.manager.use(version) as (used, _):
        try:
            reader = _ServedModel(service, used)
            return [reader.fields(picture, invert) for picture in pictures]
        except UserError as error:
            raise invalid(str(error)) from error


class _ServedModel(Reader):
    """Reads with a version that this server serves."""

    def __init__(self, service: Service, version: int):
        self._card = read_card(service.options.model_base_path / str(version))
        super().__init__(task_on(self._card))
        self._service = service
        self._version = version
        self.sequences()

    def card(self, version: int | None = None) -> Mapping[str, Any]:
        """What lies beside the version."""
        return self._card

    def fields(self, picture: bytes, invert: Invert) -> dict[str, Any]:
        """What is written on a picture, as JSON has it."""
        with self._service.decoding({IMAGE_BYTES: np.array([picture], dtype=object)}):
            try:
                strip, pieces = prepare_strip(picture, invert=invert)
            except UnreadableError as error:
                raise invalid(f"a picture {error}") from error
            width, height = upright_size(picture)
        joined = self.read_strip(strip, pieces)
        return {**joined.fields(width=width, height=height), "unsure": list(joined.doubts)}

    def _ask(self, pictures: Sequence[bytes], version: int | None) -> list[dict[str, Any]]:
        answer = self._service.predict(
            lambda model: (model.signature(""), {IMAGE_BYTES: np.array(pictures, dtype=object)}),
            size=sum(map(len, pictures)),
            model_name=self._service.options.model_name,
            version=self._version,
            entrypoint="REST",
        )
        return as_rows({name: to_json(name, value) for name, value in answer.outputs.items()})
