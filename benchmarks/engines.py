"""Data work in processes, on Flink and on Spark, against `local`: from what size on it is worth it.

    .venv/bin/python -m benchmarks.engines --engine processes --examples 2000 20000 100000
    .venv/bin/python -m benchmarks.engines --engine flink --engine spark --examples 10000

`processes` are as many as there are cores. Flink and Spark are real clusters of two machines, as
processes of this one, which the tests start (`tests/pipeline/beam/engines`; they need Java 17 and
Maven). Printed is the time by the clock from the launch of a component to its end, with the sending
of the job and the start of workers, and the ratio against `local` on the same cores.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.scale import STEPS, Cost, cost
from tests.pipeline.beam.engines.flink import Flink
from tests.pipeline.beam.engines.spark import Spark

CLUSTERS = {cluster.name: cluster for cluster in (Flink, Spark)}
PROCESSES = "processes"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=[PROCESSES, *CLUSTERS], action="append", required=True)
    parser.add_argument("--examples", type=int, nargs="+", default=[10_000], help="to train on")
    parser.add_argument("--until", choices=STEPS, default="DigitExampleGen")
    asked = parser.parse_args()
    for examples in asked.examples:
        with tempfile.TemporaryDirectory() as folder:
            local = costs(asked.until, Path(folder) / "local", examples, ["beam.runner=local"])
            for name in asked.engine:
                with running(name, Path(folder)) as settings:
                    there = costs(asked.until, Path(folder) / name, examples, settings)
                for step in there:
                    print(sentence(step, examples, name, there[step], local[step]), flush=True)


def sentence(step: str, examples: int, name: str, there: Cost, local: Cost) -> str:
    return (
        f"{step}, {examples:,} examples: {there.wall_s:.1f} s on {name} against "
        f"{local.wall_s:.1f} s, ratio {there.wall_s / local.wall_s:.2f}; "
        f"peak memory {there.peak_mib:,.0f} MiB against {local.peak_mib:,.0f}"
    )


def costs(until: str, folder: Path, examples: int, settings: list[str]) -> dict[str, Cost]:
    """Of each component that is measured."""
    names = [*STEPS][: [*STEPS].index(until) + 1]
    taken = {name: cost(name, str(folder), examples, settings) for name in names}
    return {name: taken[name] for name in names if STEPS[name]}


@contextlib.contextmanager
def running(name: str, folder: Path) -> Iterator[list[str]]:
    """The settings of a run on an engine, until the block ends."""
    if name == PROCESSES:
        yield ["beam.runner=local_processes", f"beam.workers={len(os.sched_getaffinity(0))}"]
        return
    place = folder / f"{name}-cluster"
    place.mkdir()
    cluster = CLUSTERS[name](place)
    try:
        cluster.start()
        yield cluster.settings
    finally:
        cluster.stop()


if __name__ == "__main__":
    main()
