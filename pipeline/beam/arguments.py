"""The arguments of Beam pipelines, by the runner that the config names."""

from collections.abc import Callable, Mapping

from pipeline.config.beam import BeamOptions

NO_IMAGE = "none"
"""As the name of the SDK image, it keeps TFX from building a source package for each component; no
container is started, for the workers have the code already."""
PLUGIN = "pipeline.beam.worker"
"""The module that workers import first. Workers in this process do not need it; those that this
process starts learn of it from `pipeline.beam.worker_processes`."""


def beam_pipeline_args(beam: BeamOptions) -> list[str]:
    """The arguments for the runner that the config names."""
    return [*_RUNNERS[beam.runner](beam), *beam.arguments]


def _local(beam: BeamOptions) -> list[str]:
    """In this process.

    FnApiRunner is named explicitly: DirectRunner first tries to download another runner.
    """
    return [
        "--runner=FnApiRunner",
        "--direct_running_mode=in_memory",
        "--direct_num_workers=1",
        f"--sdk_container_image={NO_IMAGE}",
    ]


def _local_processes(beam: BeamOptions) -> list[str]:
    return [
        "--runner=FnApiRunner",
        "--direct_running_mode=multi_processing",
        f"--direct_num_workers={beam.workers}",
        f"--sdk_container_image={NO_IMAGE}",
    ]


def _portable(beam: BeamOptions) -> list[str]:
    return ["--runner=PortableRunner", f"--job_endpoint={beam.job_server}", *_environment(beam)]


def _flink(beam: BeamOptions) -> list[str]:
    """As one jar, sent to Flink's REST address: this side needs Beam's jar, but no Java."""
    return [
        "--runner=FlinkRunner",
        f"--flink_master={beam.master}",
        "--flink_submit_uber_jar",
        f"--parallelism={beam.workers}",
        *_environment(beam),
    ]


def _spark(beam: BeamOptions) -> list[str]:
    """As one jar, sent to Spark's REST address."""
    return [
        "--runner=SparkRunner",
        "--spark_submit_uber_jar",
        f"--spark_rest_url={beam.master}",
        *_environment(beam),
    ]


def _dataflow(beam: BeamOptions) -> list[str]:
    return [
        "--runner=DataflowRunner",
        f"--project={beam.project}",
        f"--region={beam.region}",
        f"--temp_location={beam.temp_location}",
        f"--max_num_workers={beam.workers}",
        "--experiments=use_runner_v2",
        f"--beam_plugins={PLUGIN}",
        *_code(beam),
    ]


def _environment(beam: BeamOptions) -> list[str]:
    """Where workers run: in this process, in a pool that runs already, or in an image."""
    match beam.environment:
        case "external":
            configured = [f"--environment_config={beam.worker_pool}"]
        case "docker":
            configured = [f"--environment_config={beam.image}"]
        case _:
            configured = []
    plugins = [] if beam.environment == "loopback" else [f"--beam_plugins={PLUGIN}"]
    return [
        f"--environment_type={beam.environment.upper()}",
        *configured,
        *plugins,
        *_code(beam),
    ]


def _code(beam: BeamOptions) -> list[str]:
    if beam.setup_file:
        return [f"--setup_file={beam.setup_file}"]
    return [f"--sdk_container_image={beam.image or NO_IMAGE}"]


_RUNNERS: Mapping[str, Callable[[BeamOptions], list[str]]] = {
    "local": _local,
    "local_processes": _local_processes,
    "portable": _portable,
    "flink": _flink,
    "spark": _spark,
    "dataflow": _dataflow,
}
