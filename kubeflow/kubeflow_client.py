"""kfp's client of open-source Kubeflow Pipelines, which fails where it would be content."""

import json
import os
import ssl
import warnings
from typing import Any

import kfp

from pipeline.config.kubeflow import KubeflowOptions
from vocabulary.errors import UserError

TOKEN = "KFP_TOKEN"
"""The environment variable of a bearer token; kfp's client has none of its own."""
COOKIES = "KFP_COOKIES"
"""The environment variable of what a login before the server wants, as `oauth2_proxy=...`."""


def connect(options: KubeflowOptions) -> kfp.Client:
    """A client of the API server at `kubeflow.endpoint`, or of the pages that stand before it.

    Raises UserError if a secret cannot be sent, or something else answers.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # that it is for version 2 alone
        return _Client(
            host=options.endpoint,
            namespace=options.namespace or "kubeflow",
            existing_token=_secret(TOKEN),
            cookies=_secret(COOKIES),
            ssl_ca_cert=options.certificates,
        )


def require_certificates(file: str) -> None:
    """Raises UserError if a file holds no certificates."""
    try:
        ssl.create_default_context(cafile=file)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UserError(f"kubeflow.certificates: there is no file {file}") from error
    except ssl.SSLError as error:
        raise UserError(f"kubeflow.certificates: {file} holds no certificates in PEM") from error


class _Client(kfp.Client):
    """Takes nothing but an object for an answer; the parent takes all else for an empty one."""

    def __init__(self, **arguments: Any):
        super().__init__(**arguments)
        api: Any = self.runs.api_client
        self._deserialize = api.deserialize
        api.deserialize = self._read

    def _read(self, response: Any, kind: Any) -> Any:
        if not _is_object(response.data):
            raise self._page_instead()
        return self._deserialize(response, kind)

    def get_kfp_healthz(self, sleep_duration: int = 5) -> Any:
        """Asks once; the parent asks five times before it gives up on a token that is wrong.

        Raises UserError if it is not the server that answers, which always says `multi_user`
        (`healthzResponse` of its main.go).
        """
        health = self._healthz_api.healthz_service_get_healthz()
        if health.multi_user is not None:
            return health
        if _is_object(self._healthz_api.api_client.last_response.data):  # of the pages' server
            raise UserError(
                f"{self._uihost} answers, but no API server of Kubeflow Pipelines behind it; try "
                f"again, or see kubeflow.endpoint"
            )
        raise self._page_instead()

    def _page_instead(self) -> UserError:
        return UserError(
            f"{self._uihost} answers with a page, perhaps of a login, and not as Kubeflow "
            f"Pipelines does; put its cookies into {COOKIES}, or see kubeflow.endpoint"
        )


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _secret(variable: str) -> str | None:
    """What an environment variable holds, if it can be sent; the client would print it if not.

    Raises UserError if it cannot.
    """
    value = os.environ.get(variable, "").strip()
    if not value.isprintable() or not value.isascii():
        raise UserError(
            f"{variable} has a line break or another character that is in no token and no cookie"
        )
    return value or None
