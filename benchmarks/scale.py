"""Data work and an epoch on 100,000 examples, against 10,000: what each example costs, and memory.

    .venv/bin/python benchmarks/scale.py --examples 100000

The components of the DAG, each launched as `digits run` launches it, in a process of its own. The
baseline is a tenth of the examples. CPU seconds are the process's and its children's, since a
machine may be shared; what `FEW` examples cost is start-up, and taken off. Memory is the highest
sum of the resident memory of the process and its children. Prints the ratios for each component: 1
is what scales. Settings choose the engine: `--set beam.runner=local_processes`.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import argparse
import contextlib
import logging
import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import psutil

FEW = 128
STEPS = {
    "DigitExampleGen": True,
    "DigitSchemaGen": False,
    "StatisticsGen": True,
    "Transform": True,
    "Trainer": True,
}
"""In the order of the DAG; whether each is measured, or only needed by the others."""
SAMPLED_EVERY_S = 0.2


class Cost(NamedTuple):
    """Seconds of the processor and of the clock, and peak memory in MiB."""

    cpu_s: float
    wall_s: float
    peak_mib: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=int, default=100_000, help="in the training split")
    parser.add_argument("--until", choices=STEPS, default="Trainer", help="the last component")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    asked = parser.parse_args()
    names = [*STEPS][: [*STEPS].index(asked.until) + 1]
    sizes = (FEW, asked.examples // 10, asked.examples)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            start, small, large = (
                cost(name, f"{folder}/{size}", size, asked.settings) for size in sizes
            )
            if STEPS[name]:
                print(sentence(name, asked.examples, start, small, large), flush=True)


def sentence(name: str, examples: int, start: Cost, small: Cost, large: Cost) -> str:
    few, many = (cost.cpu_s - start.cpu_s for cost in (small, large))
    grown = (large.peak_mib - small.peak_mib) / (examples * 0.9 / 1000)
    return (
        f"{name}, {examples:,} examples against {examples // 10:,}: "
        f"CPU {many / examples * 1e3:.2f} ms an example against {few / examples * 1e4:.2f} ms, "
        f"ratio {many / few / 10:.2f} "
        f"(start-up {start.cpu_s:.1f} s, wall {large.wall_s:.1f} s); "
        f"peak memory {large.peak_mib:,.0f} MiB against {small.peak_mib:,.0f}, "
        f"ratio {large.peak_mib / small.peak_mib:.2f}, {grown:.2f} MiB more per 1,000 examples"
    )


def cost(name: str, folder: str, examples: int, settings: list[str]) -> Cost:
    """Runs one component in a process of its own, in a workspace where those before it have run."""
    Path(folder).mkdir(exist_ok=True)
    sizes = [f"splits.train={examples}", f"splits.eval={max(examples // 10, FEW)}"]
    settings = [*sizes, "training.epochs=1", *settings]
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawning) as processes:
        future = processes.submit(launch, name, folder, settings)
        peak = 0.0
        while not future.done():
            peak = max(peak, resident_mib())
            time.sleep(SAMPLED_EVERY_S)
        return Cost(*future.result(), peak)


def resident_mib() -> float:
    """Of all that this process has started."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended while it was looked at
            total += process.memory_info().rss
    return total / 2**20


def launch(name: str, folder: str, settings: list[str]) -> tuple[float, float]:
    """Runs one component; gives seconds of the processor and of the clock, without imports."""
    from tfx.orchestration.portable import launcher

    from pipeline.beam.worker_processes import prepare_worker_processes
    from pipeline.config.file import read_config
    from pipeline.run.local_runner import compile_locally, make_launcher
    from pipeline.workspace.workspace import Workspace

    logging.disable(logging.WARNING)
    prepare_worker_processes()
    ir, connection = compile_locally(read_config(None, settings), Workspace(Path(folder)), "scale")
    nodes = {node.pipeline_node.node_info.id: node.pipeline_node for node in ir.nodes}
    component = make_launcher(launcher.Launcher, nodes[name], ir, connection)
    wall, cpu = time.perf_counter(), cpu_s()
    component.launch()
    return cpu_s() - cpu, time.perf_counter() - wall


def cpu_s() -> float:
    """Seconds of the processor that this process and its children have used."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return sum(usage.ru_utime + usage.ru_stime for usage in (own, children))


if __name__ == "__main__":
    main()
