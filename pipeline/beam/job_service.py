"""Checks that Beam's job service answers: without it, a run would wait for a minute."""

import socket

from pipeline.config.beam import BeamOptions
from vocabulary.errors import UserError

_TIMEOUT_S = 10


def require_job_service(beam: BeamOptions) -> None:
    """Checks that the job service that the config names can be reached.

    Raises:
        UserError: if nothing listens there.
    """
    if beam.runner != "portable":
        return
    host, _, port = str(beam.job_server).rpartition(":")
    try:
        socket.create_connection((host, int(port)), _TIMEOUT_S).close()
    except (OSError, OverflowError) as error:
        raise UserError(
            f"the Beam job service at beam.job_server, {beam.job_server}, cannot be reached: "
            f"{error}; start it, or set beam.runner to local"
        ) from error
