"""Files and folders of a config that a container reaches, and others."""

from pathlib import Path
from typing import Any

import pytest

from kubeflow.data_places import require_reachable_places
from pipeline.config.file import read_config
from vocabulary.errors import UserError

VOLUME = "kubeflow.volumes.data=/mnt/data"
VGG16 = ("model={kind: backbone, name: VGG16}",)
CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.mark.parametrize("target", ["vertex", "kubeflow"])
@pytest.mark.parametrize(
    "settings",
    [
        ("source.kind=uci",),
        ("source.kind=mnist", "source.dir=gs://bucket/mnist"),
        ("source.kind=svhn", "source.dir=gs://bucket/svhn"),
        ("source.kind=folder", "source.dir=gs://bucket"),
        (*VGG16, "model.weights=imagenet"),
        (*VGG16, "model.weights=gs://bucket/vgg16.weights.h5"),
        ("kubeflow.push_destination=gs://bucket/serving",),
        ("beam.setup_file=setup.py",),  # of no use where Beam's work stays in the container
    ],
)
def test_what_is_in_the_package_or_a_bucket_is_reached(
    target: str, settings: tuple[str, ...], configure: Any
) -> None:
    require_reachable_places(configure(*settings), target)


@pytest.mark.parametrize("volume", [VOLUME, f"{VOLUME}/"])
@pytest.mark.parametrize("folder", ["/mnt/data", "/mnt/data/", "/mnt/data/mnist"])
def test_folder_in_a_mounted_volume_is_reached_on_kubeflow_alone(
    folder: str, volume: str, configure: Any
) -> None:
    config = configure("source.kind=mnist", f"source.dir={folder}", volume)
    require_reachable_places(config, "kubeflow")
    with pytest.raises(UserError, match=f"^source.dir is {folder}, which is in no container; .*"):
        require_reachable_places(config, "vertex")


@pytest.mark.parametrize("folder", ["data/mnist", "/mnt/database", "minio://bucket/mnist"])
@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("source.dir", ("source.kind=mnist",)),
        ("source.dir", ("source.kind=svhn",)),
        ("source.dir", ("source.kind=folder",)),
        ("model.weights", VGG16),
        ("kubeflow.push_destination", ()),
    ],
)
def test_place_that_no_container_has_is_refused(
    key: str, settings: tuple[str, ...], folder: str, configure: Any
) -> None:
    config = configure(*settings, f"{key}={folder}", VOLUME)
    with pytest.raises(UserError, match=f"^{key} is {folder}, .*; put it .* or into a volume of"):
        require_reachable_places(config, "kubeflow")


def test_part_of_a_mixed_source_is_named(configure: Any) -> None:
    parts = "[{kind: font, share: 0.5}, {kind: mnist, share: 0.5}]"
    config = configure("source.kind=mixed", f"source.parts={parts}")
    with pytest.raises(UserError, match=r"source.parts\[1\].dir is data/mnist"):
        require_reachable_places(config, "vertex")


def test_code_that_is_a_file_of_this_machine_is_refused(configure: Any) -> None:
    config = configure(
        "beam.runner=dataflow",
        "beam.project=project",
        "beam.region=europe-west4",
        "beam.temp_location=gs://bucket/temp",
        "beam.setup_file=setup.py",
    )
    with pytest.raises(UserError, match=r"^beam.setup_file is setup.py, .*; set beam.image$"):
        require_reachable_places(config, "vertex")


@pytest.mark.parametrize(
    "runner",
    [
        ("portable", "beam.job_server=jobs:8099"),
        ("flink", "beam.master=jobs:8081"),
        ("spark", "beam.master=http://jobs:6066"),
    ],
)
def test_workers_in_a_container_that_no_engine_reaches_are_refused(
    runner: tuple[str, str], configure: Any
) -> None:
    name, master = runner
    settings = (f"beam.runner={name}", master, "beam.worker_pool=localhost:50000")
    with pytest.raises(UserError, match=r"^beam.environment is loopback, .*; set it to external"):
        require_reachable_places(configure(*settings), "kubeflow")
    require_reachable_places(configure(*settings, "beam.environment=external"), "kubeflow")


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_config_is_reached_or_refused_and_reached_in_a_bucket(path: Path) -> None:
    config = read_config(path, [])
    if not hasattr(config.source, "dir"):
        require_reachable_places(config, "vertex")
        return
    with pytest.raises(UserError, match=f"source.dir is {config.source.dir}, which is in no"):
        require_reachable_places(config, "vertex")
    require_reachable_places(read_config(path, ["source.dir=gs://bucket/data"]), "vertex")
