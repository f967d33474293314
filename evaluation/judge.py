"""What the Evaluator does: evaluates, decides, and writes the verdict beside the evaluation."""

from collections.abc import Callable

import apache_beam as beam

from evaluation.decision import decide
from evaluation.eval_config import BASELINE, CANDIDATE
from evaluation.evaluate import evaluate
from evaluation.options import JudgeOptions
from evaluation.results import read_evaluation
from evaluation.validation import write_validation
from evaluation.verdict import Verdict
from vocabulary.card import require_same_classes
from vocabulary.model_files import SERVING_FORMAT
from vocabulary.versions import model_digest


def judge(
    *,
    model: str,
    champion: str | None,
    champion_version: int,
    patterns: list[str],
    folder: str,
    options: JudgeOptions,
    make_pipeline: Callable[[], beam.Pipeline],
) -> Verdict:
    """Judges a model on pictures, beside the champion if there is one.

    Both are folders of SavedModels; if the champion is the model itself, there is nothing to
    compare. Writes what TFMA does, with the verdict as its validation, the rows of
    `evaluation.pictures`, and `verdict.json` into a folder.

    Raises UserError if the champion knows other classes.
    """
    name = f"version {champion_version}" if champion else None
    if champion and name:
        require_same_classes(options.task, champion, name=name)
    serves = champion is not None and model_digest(champion) == model_digest(model)
    compared = None if serves else champion
    models = {CANDIDATE: model} | ({BASELINE: compared} if compared else {})
    evaluate(
        models,
        patterns,
        folder,
        task=options.task,
        slices=options.evaluation.slices,
        canvas=options.canvas,
        baseline=BASELINE if compared else None,
        make_pipeline=make_pipeline,
        places={name: place.removesuffix(f"/{SERVING_FORMAT}") for name, place in models.items()},
    )
    verdict = decide(
        read_evaluation(folder),
        options.evaluation,
        task=options.task.kind,
        champion=name if compared else None,
        same_as=name if serves else None,
    )
    verdict.write(folder)
    write_validation(verdict, folder)
    return verdict
