"""Flags as tensorflow_model_server is given them."""

from typing import Annotated

import pytest
import typer
import yaml
from typer.testing import CliRunner

from cli.app import app as digits
from serving.command import ServingCommand
from tests.serving.test_compose import FOLDER

app = typer.Typer()


@app.command(cls=ServingCommand)
def serve(
    batching: Annotated[bool, typer.Option("--enable_batching/--no-enable_batching")] = True,
    json: Annotated[bool, typer.Option("--json")] = False,
    name: Annotated[str, typer.Option("--name")] = "",
) -> None:
    print(batching, json, name)


@pytest.mark.parametrize(
    ("args", "printed"),
    [
        ([], "True False"),
        (["--enable_batching"], "True False"),
        (["--enable_batching=true"], "True False"),
        (["--enable_batching=false"], "False False"),
        (["--no-enable_batching"], "False False"),
        (["--json=true", "--name=true"], "True True true"),
    ],
)
def test_a_value_after_the_flag_is_taken(args: list[str], printed: str) -> None:
    assert CliRunner().invoke(app, args).stdout.strip() == printed


@pytest.mark.parametrize("flag", ["--enable_batching=maybe", "--json=false"])
def test_another_value_is_a_mistake(flag: str) -> None:
    assert CliRunner().invoke(app, [flag]).exit_code == 2


def test_digits_serve_takes_the_flags_of_the_container(tmp_path: object) -> None:
    command = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]["serving"][
        "command"
    ]
    flags = [flag for flag in command if not flag.startswith(("--model_config", "--monitoring"))]
    assert "--rest_api_enable_cors_support=true" in flags
    flags = [flag.replace("/config/", f"{FOLDER}/config/") for flag in flags]
    done = CliRunner().invoke(digits, ["serve", *flags, f"--workspace={tmp_path}"])
    assert done.exit_code == 1
    assert f"{tmp_path}/serving/digits is no folder of versions" in done.stderr


@pytest.mark.parametrize("flag", ["--port=70000", "--max_running=0", "--num_versions=many"])
def test_a_number_out_of_range_is_a_mistake(flag: str) -> None:
    done = CliRunner().invoke(digits, ["serve", flag])
    assert done.exit_code == 2
    assert flag.partition("=")[0] in done.stderr


def test_a_file_without_batching_is_a_mistake() -> None:
    file = FOLDER / "config" / "batching.config"
    flags = ["--enable_batching=false", f"--batching_parameters_file={file}"]
    done = CliRunner().invoke(digits, ["serve", *flags])
    assert done.exit_code == 1
    assert "--enable_batching is false" in done.stderr
