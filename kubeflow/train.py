"""One of several workers that train together, outside of a pipeline; see manifests/training.

    python -m kubeflow.train --config FILE --examples URI --transform-graph URI --output URI
        --workers 2 --hosts 'digits-training-{}.digits-training:2222'

Trains as the Trainer component does, on the outputs of DigitExampleGen and Transform of some run.
Kubernetes tells each pod of an Indexed Job by JOB_COMPLETION_INDEX which of the workers it is.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.config.file import read_config
from vocabulary.errors import UserError

INDEX = "JOB_COMPLETION_INDEX"


def main(argv: Sequence[str]) -> None:
    """Trains; the first worker writes `model` and `model_run` into the output folder.

    Raises UserError for a config that is wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m kubeflow.train", allow_abbrev=False)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--examples", required=True, help="output of DigitExampleGen")
    parser.add_argument("--transform-graph", required=True, help="output of Transform")
    parser.add_argument("--output", required=True, help="folder, the same for all workers")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--hosts", default="localhost:2222", help="HOST:PORT, {} for the number")
    arguments = parser.parse_args(argv)
    if arguments.workers > 1:
        if INDEX not in os.environ:
            parser.error(f"{INDEX} does not say which of the {arguments.workers} workers this is")
        os.environ["TF_CONFIG"] = tf_config(
            arguments.hosts, arguments.workers, int(os.environ[INDEX])
        )
    config = read_config(arguments.config, arguments.set)
    logging.basicConfig(level=logging.INFO)

    from tfx.components.trainer.fn_args_utils import FnArgs

    from trainer.options import CHECKPOINTS, OPTIONS
    from trainer.run import run_fn

    run_fn(
        FnArgs(
            train_files=[f"{arguments.examples}/Split-train/*"],
            eval_files=[f"{arguments.examples}/Split-{config.watched_split}/*"],
            transform_graph_path=arguments.transform_graph,
            serving_model_dir=f"{arguments.output}/model",
            model_run_dir=f"{arguments.output}/model_run",
            custom_config={
                OPTIONS: config.trainer.model_dump_json(),
                CHECKPOINTS: f"{arguments.output}/checkpoints",
            },
        )
    )


def tf_config(hosts: str, workers: int, index: int) -> str:
    """TF_CONFIG of worker `index`; `{}` in `hosts` stands for a worker's number."""
    cluster = {"worker": [hosts.format(n) for n in range(workers)]}
    return json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
