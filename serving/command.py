"""`digits serve`, also started as `python -m serving`."""

import contextlib
import dataclasses
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Option
from typer.core import TyperCommand

from serving.options import BatchingParameters, ServerOptions
from vocabulary.errors import UserError
from vocabulary.model_files import SAVED_MODEL

_POSITIVE = Option(min=1)


class ServingCommand(TyperCommand):
    """A command with the flags of `tensorflow_model_server`: `--max_running=4`, `--flag=false`."""

    def __init__(self, *args: Any, params: list[Any], **settings: Any):
        for param in params:
            for flags, dashes in ((param.opts, "--"), (param.secondary_opts, "--no-")):
                flags[:] = [dashes + flag[len(dashes) :].replace("-", "_") for flag in flags]
        super().__init__(*args, params=params, **settings)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parses the arguments, with `--flag=false` as `--no-flag`."""
        switches = {
            f"{spelling}={value}": spellings[0]
            for parameter in self.params
            for value, spellings in (
                ("true", parameter.opts),
                ("false", parameter.secondary_opts),
            )
            for spelling in parameter.opts
            if spellings and getattr(parameter, "is_flag", False)
        }
        return super().parse_args(ctx, [switches.get(arg, arg) for arg in args])


def serve(
    workspace: Annotated[Path, Option(metavar="DIR", help="Serve its versions.")] = Path(
        "workspace"
    ),
    model_base_path: Annotated[
        Path | None, Option(metavar="DIR", help="Serve another folder of versions.")
    ] = None,
    model_name: str = ServerOptions.model_name,
    host: Annotated[
        str, Option(help="0.0.0.0 to accept requests from other machines.")
    ] = ServerOptions.host,
    port: Annotated[
        int, Option(min=0, max=65535, help="For gRPC; 0 for any free port.")
    ] = ServerOptions.port,
    rest_api_port: Annotated[
        int, Option(min=0, max=65535, help="For REST and the page; 0 for any free port.")
    ] = ServerOptions.rest_api_port,
    rest_api_timeout_in_ms: Annotated[int, _POSITIVE] = ServerOptions.rest_api_timeout_in_ms,
    file_system_poll_wait_seconds: Annotated[
        float, Option(min=0.01, help="Time between checks for new versions.")
    ] = ServerOptions.file_system_poll_wait_seconds,
    enable_model_warmup: bool = ServerOptions.enable_model_warmup,
    rest_api_enable_cors_support: Annotated[
        bool, Option(help="Accept requests from pages of other origins.")
    ] = ServerOptions.rest_api_enable_cors_support,
    num_versions: Annotated[
        int, Option(min=1, help="How many of the newest versions to serve.")
    ] = ServerOptions.num_versions,
    enable_batching: Annotated[bool, Option(help="Run concurrent requests in batches.")] = True,
    batching_parameters_file: Annotated[
        Path | None, Option(metavar="FILE", help="TensorFlow Serving's BatchingParameters.")
    ] = None,
    max_request_bytes: Annotated[int, _POSITIVE] = ServerOptions.max_request_bytes,
    max_request_pictures: Annotated[int, _POSITIVE] = ServerOptions.max_request_pictures,
    max_request_pixels: Annotated[
        int, Option(min=1, help="In a request, and in all that run at once.")
    ] = ServerOptions.max_request_pixels,
    max_running: Annotated[
        int, Option(min=1, help="Calls of the model at once, besides batches.")
    ] = ServerOptions.max_running,
    max_queued: Annotated[
        int, Option(min=0, help="Waiting requests; further ones are rejected.")
    ] = ServerOptions.max_queued,
    collect: Annotated[
        Path | None,
        Option(metavar="DIR", help="Keep drawings that are corrected on the page, with labels."),
    ] = None,
    json: Annotated[
        bool, Option("--json", help="Print the addresses as a JSON object on stdout.")
    ] = False,
) -> None:
    """Serve the newest versions over gRPC and REST, as TensorFlow Serving does."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    # Otherwise TensorFlow never returns the memory of its largest requests.
    os.environ.setdefault("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1")
    warnings.filterwarnings("ignore", module="PIL")  # about the contents of strangers' pictures
    from pipeline.workspace.workspace import Workspace

    if model_base_path is None:
        model_base_path = Workspace(workspace).serving
    names = {field.name for field in dataclasses.fields(ServerOptions)}
    flags = {name: value for name, value in locals().items() if name in names}
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    for name in ("uvicorn", "tensorflow", "absl"):
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        batching = _batching(enable_batching, batching_parameters_file)
        options = ServerOptions(batching=batching, **flags)
        _serve(options, json=json)
    except UserError as error:
        print(f"digits: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


def _batching(enabled: bool, file: Path | None) -> BatchingParameters | None:
    from serving.batching_parameters import read_batching_parameters

    if not enabled:
        if file:
            raise UserError("--batching_parameters_file is set, but --enable_batching is false")
        return None
    return read_batching_parameters(file) if file else BatchingParameters()


def _serve(options: ServerOptions, *, json: bool) -> None:
    base = options.model_base_path
    if not base.is_dir():
        raise UserError(
            f"{base} is no folder of versions; push one with `digits run`, or name another with "
            f"--model_base_path"
        )
    if (base / SAVED_MODEL).is_file():
        raise UserError(f"{base} is a version; name the folder that it is in: {base.parent}")
    logging.info("starting; the newest versions under %s are loaded first", base)
    with lean_imports():
        from serving.server import allow_many_files, running, share_arenas, wait_for_signal

    share_arenas()
    allow_many_files()
    with running(options) as addresses:
        if json:
            print(dumps({"grpc": addresses.grpc, "rest": addresses.rest}), flush=True)
        logging.info("gRPC on %s, REST on %s; press Ctrl-C to stop", addresses.grpc, addresses.rest)
        wait_for_signal()
        logging.info("stopping; requests in flight are still answered")


@contextlib.contextmanager
def lean_imports() -> Iterator[None]:
    """Imports TensorFlow without its C++ messages about CPUs and drivers, and without Keras.

    TensorFlow imports Keras if it is installed, and Keras imports scikit-learn, pandas and
    Matplotlib: more than half of the start-up time, for nothing that a SavedModel needs. Under TFX,
    which sets TF_USE_LEGACY_KERAS, it is tf_keras. Afterwards both can be imported as usual.
    """
    hidden = [
        name for name in ("keras", "tf_keras") if not {name, "tensorflow"} & sys.modules.keys()
    ]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    kept = os.dup(2)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        for name in hidden:
            del sys.modules[name]
