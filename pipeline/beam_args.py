"""The arguments of Beam pipelines, by the runner that the config names."""

from pipeline.config import BeamOptions


def beam_pipeline_args(beam: BeamOptions) -> list[str]:
    """What Beam needs to be told.

    FnApiRunner is named outright: DirectRunner tries to download another runner first. Naming an
    SDK image keeps TFX from building a source package for each component; no container is started.
    """
    mode = "multi_processing" if beam.runner == "local_processes" else "in_memory"
    workers = beam.workers if beam.runner == "local_processes" else 1
    return [
        "--runner=FnApiRunner",
        f"--direct_running_mode={mode}",
        f"--direct_num_workers={workers}",
        "--sdk_container_image=none",
    ]
