"""Where Beam pipelines run, and which keys each runner needs."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from vocabulary.options import Options

Text = Annotated[str, StringConstraints(min_length=1)]
HostPort = Annotated[str, StringConstraints(pattern=r"^[^\s/:]+:\d{1,5}$")]

_NEEDS: dict[str, tuple[str, ...]] = {
    "portable": ("job_server",),
    "flink": ("master",),
    "spark": ("master",),
    "dataflow": ("project", "region", "temp_location"),
}
_WITH_ENVIRONMENT = ("portable", "flink", "spark")

MANY: Final = 250_000
"""Examples of all splits from which on `auto` starts processes. For each component every process
loads the libraries anew, in 6 s of a core; two cores win that back here (docs/benchmarks.md)."""
MOST_PROCESSES: Final = 8
"""Of `auto`: each takes a gigabyte of memory."""


class BeamOptions(Options):
    """See `configs/default.yaml` for what each key means."""

    runner: Literal["auto", "local", "local_processes", "portable", "flink", "spark", "dataflow"]
    workers: int | None = Field(ge=1, le=4096)
    job_server: HostPort | None
    master: Text | None
    environment: Literal["loopback", "external", "docker"]
    worker_pool: HostPort | None
    image: Text | None
    setup_file: Text | None
    project: Text | None
    region: Text | None
    temp_location: Text | None
    arguments: list[Annotated[str, StringConstraints(pattern=r"^--[a-z]")]]

    @model_validator(mode="after")
    def _runner_has_its_keys(self) -> Self:
        needs = [*_NEEDS.get(self.runner, ())]
        if self.runner in _WITH_ENVIRONMENT and self.environment == "external":
            needs.append("worker_pool")
        if self.runner in _WITH_ENVIRONMENT and self.environment == "docker":
            needs.append("image")
        for name in needs:
            if getattr(self, name) is None:
                raise ValueError(f"beam.runner {self.runner} needs beam.{name}, which is not set")
        if self.runner == "dataflow" and not (self.image or self.setup_file):
            raise ValueError(
                "beam.runner dataflow needs the code on its workers; set beam.image or "
                "beam.setup_file"
            )
        return self

    def on_one_machine(self, *, cores: int, examples: int) -> Self:
        """With what `auto` is for so many examples on so many cores in its place."""
        if self.runner != "auto":
            return self
        processes = self.workers or min(cores, MOST_PROCESSES)
        many = examples >= MANY and processes > 1
        runner = "local_processes" if many else "local"
        return self.model_copy(update={"runner": runner, "workers": processes})
