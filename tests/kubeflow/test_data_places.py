"""Sources that a container reaches, and others."""

from typing import Any

import pytest

from kubeflow.data_places import require_reachable_sources
from vocabulary.errors import UserError

VOLUME = "kubeflow.volumes.data=/mnt/data"


@pytest.mark.parametrize("target", ["vertex", "kubeflow"])
@pytest.mark.parametrize(
    "settings", [("source.kind=uci",), ("source.kind=mnist", "source.dir=gs://bucket/mnist")]
)
def test_what_is_in_the_package_or_a_bucket_is_reached(
    target: str, settings: tuple[str, ...], configure: Any
) -> None:
    require_reachable_sources(configure(*settings), target)


def test_folder_in_a_mounted_volume_is_reached_on_kubeflow_alone(configure: Any) -> None:
    config = configure("source.kind=mnist", "source.dir=/mnt/data", VOLUME)
    require_reachable_sources(config, "kubeflow")
    with pytest.raises(UserError, match=r"^source.dir is /mnt/data, which is in no container; .*"):
        require_reachable_sources(config, "vertex")


@pytest.mark.parametrize("folder", ["data/mnist", "/mnt/database", "minio://bucket/mnist"])
def test_folder_that_no_container_has_is_refused(folder: str, configure: Any) -> None:
    config = configure("source.kind=mnist", f"source.dir={folder}", VOLUME)
    with pytest.raises(
        UserError, match=f"source.dir is {folder}, .*; copy it .* or a folder in a volume"
    ):
        require_reachable_sources(config, "kubeflow")


def test_part_of_a_mixed_source_is_named(configure: Any) -> None:
    parts = "[{kind: font, share: 0.5}, {kind: mnist, share: 0.5}]"
    config = configure("source.kind=mixed", f"source.parts={parts}")
    with pytest.raises(UserError, match=r"source.parts\[1\].dir is data/mnist"):
        require_reachable_sources(config, "vertex")
