"""`judge_fn` of the Evaluator: evaluates, decides, and writes the verdict beside the evaluation."""

from collections.abc import Callable

import apache_beam as beam
import tensorflow as tf

from evaluation.eval_config import BASELINE, CANDIDATE
from evaluation.evaluate import evaluate
from evaluation.options import JudgeOptions
from evaluation.results import read_evaluation
from evaluation.verdict import JSON_FILE, TEXT_FILE, decide
from vocabulary.versions import model_digest


def judge_fn(
    *,
    model: str,
    champion: str | None,
    champion_version: int,
    patterns: list[str],
    folder: str,
    options: str,
    make_pipeline: Callable[[], beam.Pipeline],
) -> bool:
    """Judges a model on pictures, beside the champion if there is one.

    Writes what TFMA does, the rows of `evaluation.pictures`, `verdict.json` and `verdict.md`.

    Args:
        model: the candidate, a SavedModel.
        champion: likewise; if it is the candidate itself, there is nothing to compare.
        champion_version: its version, for the words of the verdict.
        patterns: file patterns of the pictures' tf.Examples.
        folder: where to write.
        options: `JudgeOptions` as JSON.
        make_pipeline: makes the Beam pipeline to run in.

    Returns:
        Whether the model is blessed.
    """
    wanted = JudgeOptions.model_validate_json(options)
    name = f"version {champion_version}" if champion else None
    serves = champion is not None and model_digest(champion) == model_digest(model)
    compared = None if serves else champion
    models = {CANDIDATE: model} | ({BASELINE: compared} if compared else {})
    evaluate(
        models,
        patterns,
        folder,
        options=wanted.evaluation,
        canvas=wanted.canvas,
        baseline=BASELINE if compared else None,
        make_pipeline=make_pipeline,
    )
    verdict = decide(
        read_evaluation(folder),
        wanted.evaluation,
        champion=name if compared else None,
        same_as=name if serves else None,
    )
    for name, text in (
        (JSON_FILE, verdict.model_dump_json(indent=2)),
        (TEXT_FILE, verdict.as_markdown()),
    ):
        with tf.io.gfile.GFile(f"{folder}/{name}", "w") as file:
            file.write(text + "\n")
    return verdict.blessed
