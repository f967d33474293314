"""Classify and Regress, which no signature of this project supports.

They are rejected in TensorFlow Serving's words, so that nobody looks for a mistake in the URL.
"""

from typing import Final

import grpc

from serving.errors import ServingError, invalid
from serving.service import Service
from vocabulary import signatures

_KINDS: Final = {"classify": "classification", "regress": "regression"}


def refuse_method(
    service: Service,
    method: str,
    *,
    model_name: str,
    version: int | None,
    signature_name: str = signatures.DEFAULT,
) -> ServingError:
    """The error for a `classify` or `regress` request."""
    service.check_name(model_name)
    with service.manager.use(version) as (_, model):
        signature = model.signatures.get(signature_name)
    if signature is None:
        return invalid(f"No signature was found with the name: {signature_name}")
    actual, wanted = signature.definition.method_name, f"tensorflow/serving/{method}"
    if actual != wanted:
        return invalid(
            f"Expected {_KINDS[method]} signature method_name to be {wanted}. Was: {actual}"
        )
    return ServingError(grpc.StatusCode.UNIMPLEMENTED, "this server supports Predict only")
