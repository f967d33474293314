"""The real container's files, as far as they go without Docker."""

from pathlib import Path

import yaml
from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from serving.metrics import PATH
from serving.options import ServerOptions

FOLDER = Path(__file__).parents[2] / "serving"
SERVICE = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]["serving"]


def test_the_model_is_served_under_the_name_and_as_often_as_here() -> None:
    text = (FOLDER / "config" / "models.config").read_text()
    parsed = text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    [config] = parsed.model_config_list.config
    options = ServerOptions(model_base_path=Path("any"))
    assert config.name == options.model_name
    assert config.model_version_policy.latest.num_versions == options.num_versions


def test_every_config_file_named_is_there_and_mounted() -> None:
    named = [part.partition("=")[2] for part in SERVICE["command"] if "_file=" in part]
    assert "./config:/config:ro" in SERVICE["volumes"]
    assert len(named) == 3
    assert all((FOLDER / path.removeprefix("/")).is_file() for path in named)


def test_models_are_mounted_where_the_config_looks() -> None:
    text = (FOLDER / "config" / "models.config").read_text()
    mounts = [volume.split(":")[-2] for volume in SERVICE["volumes"]]
    assert 'base_path: "/models/digits"' in text
    assert "/models/digits" in mounts


def test_metrics_are_at_the_same_path() -> None:
    assert f'path: "{PATH}"' in (FOLDER / "config" / "monitoring.config").read_text()


def test_the_image_is_that_of_the_protocol_in_the_lock() -> None:
    lock = (FOLDER.parent / "requirements.lock").read_text()
    assert f"tensorflow-serving-api=={SERVICE['image'].partition(':')[2]} " in lock
