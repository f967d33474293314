"""Peak memory of DigitExampleGen on 200,000 examples, against 50,000.

    .venv/bin/python benchmarks/memory.py

Each size runs in a process of its own, through the Beam transforms of the component.
Prints the ratio of the peaks of resident memory: 1 means that memory does not grow with the data.
"""

import multiprocessing
import os
import resource
import tempfile

SMALL, LARGE = 50_000, 200_000


def peak(size: int) -> float:
    """Peak resident memory in MiB of a process that makes so many examples."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import apache_beam as beam

    from components.digit_example_gen.synthesis import Recipe, Synthesize
    from pipeline.config.file import read_config

    recipe = Recipe(read_config().data.model_dump_json(), "train", ("train", "eval"), size)
    with tempfile.TemporaryDirectory() as folder, beam.Pipeline(runner="FnApiRunner") as pipeline:
        _ = pipeline | Synthesize(recipe, folder)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    small, large = (
        multiprocessing.get_context("spawn").Pool(1).apply(peak, (size,)) for size in (SMALL, LARGE)
    )
    print(
        f"peak memory: {large:,.0f} MiB for {LARGE:,} examples, {small:,.0f} MiB for {SMALL:,}, "
        f"ratio {large / small:.2f}"
    )


if __name__ == "__main__":
    main()
