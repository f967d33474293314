"""The arguments of Beam pipelines, by the runner that the config names."""

from pipeline.config.beam import BeamOptions

NO_IMAGE = "none"
"""As the name of the SDK image, it keeps TFX from building a source package for each component; no
container is started, for the workers have the code already."""
PLUGIN = "pipeline.beam.worker"
"""The module that workers import first. Workers in this process do not need it; those that this
process starts learn of it from `pipeline.beam.worker_processes`."""

_KEPT = "--environment_cache_millis=60000"
"""Workers outlast the stage that started them; else the next one starts others, which first load
all libraries. It counts from the start of a worker, whose loading is part of it."""


def beam_pipeline_args(beam: BeamOptions) -> list[str]:
    """The arguments for the runner that the config names; `auto` is `local` where nobody asked."""
    return [*_runner(beam), *beam.arguments]


def _runner(beam: BeamOptions) -> list[str]:
    workers = beam.workers or 1
    match beam.runner:
        case "auto" | "local" | "local_processes":
            processes = beam.runner == "local_processes"
            return [
                "--runner=FnApiRunner",  # DirectRunner first tries to download another runner
                f"--direct_running_mode={'multi_processing' if processes else 'in_memory'}",
                f"--direct_num_workers={workers if processes else 1}",
                f"--sdk_container_image={NO_IMAGE}",
            ]
        case "portable":
            own = ["--runner=PortableRunner", f"--job_endpoint={beam.job_server}"]
        # Flink and Spark get one jar at their REST address: this side needs Beam's jar, no Java.
        case "flink":
            own = ["--runner=FlinkRunner", f"--flink_master={beam.master}"]
            own += ["--flink_submit_uber_jar", f"--parallelism={workers}", _KEPT]
        case "spark":
            own = ["--runner=SparkRunner", "--spark_submit_uber_jar"]
            # Without a level, 2.62.0 looks for it by way of the DirectRunner, which the jar lacks.
            own += [f"--spark_rest_url={beam.master}", "--storage_level=MEMORY_ONLY", _KEPT]
        case "dataflow":
            return [
                "--runner=DataflowRunner",
                f"--project={beam.project}",
                f"--region={beam.region}",
                f"--temp_location={beam.temp_location}",
                f"--max_num_workers={workers}",
                "--experiments=use_runner_v2",
                f"--beam_plugins={PLUGIN}",
                *_code(beam),
            ]
    return [*own, *_environment(beam)]


def _environment(beam: BeamOptions) -> list[str]:
    """Where workers run: in this process, in a pool that runs already, or in an image."""
    config = {"external": beam.worker_pool, "docker": beam.image}.get(beam.environment)
    return [
        f"--environment_type={beam.environment.upper()}",
        *([f"--environment_config={config}"] if config else []),
        *([f"--beam_plugins={PLUGIN}"] if beam.environment != "loopback" else []),
        *_code(beam),
    ]


def _code(beam: BeamOptions) -> list[str]:
    if beam.setup_file:
        return [f"--setup_file={beam.setup_file}"]
    return [f"--sdk_container_image={beam.image or NO_IMAGE}"]
