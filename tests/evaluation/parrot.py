"""A model that says what each example tells it to, and random things for it to say."""

import math
from pathlib import Path

import apache_beam as beam
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from evaluation.evaluate import evaluate
from evaluation.options import EvaluationOptions
from vocabulary import features
from vocabulary.task.options import TaskBase

CANVAS = (60, 80)
Rows = NDArray[np.float64]


def random_rows(seed: int, count: int = 300) -> Rows:
    """Float [n, 11]: digit and box, true and predicted, confidence; degenerate now and then."""
    random = np.random.default_rng(seed)
    rows = np.zeros((count, 11))
    rows[:, 0] = rows[:, 5] = random.integers(0, 10, count)
    rows[::3, 5] = random.integers(0, 10, len(rows[::3]))
    corners = random.uniform(0.0, 0.6, (count, 2))
    rows[:, 1:3] = corners
    rows[:, 3:5] = corners + random.uniform(0.1, 0.4, (count, 2))
    rows[:, 6:10] = rows[:, 1:5] + random.normal(0.0, 0.03, (count, 4))
    rows[0::20, 6:10] = rows[0::20, [8, 9, 6, 7]]  # inverted along both axes
    rows[1::20, 8] = rows[1::20, 6]  # no width
    rows[2::20, 6:10] = math.nan
    rows[3::20, 9] = math.inf
    rows[4::20, 6:10] += 2.0  # outside the picture
    rows[5::20, 6:10] = rows[5::20, 1:5]  # perfect
    rows[6::20, 6], rows[6::20, 8] = rows[6::20, 8], rows[6::20, 6]  # inverted along one
    rows[:, 10] = random.uniform(0.2, 1.0, count)
    return rows.astype(np.float32).astype(np.float64)


def save_parrot(folder: Path, name: str) -> str:
    """A SavedModel that says what the examples' feature of this name holds."""

    class Parrot(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="examples")])
        def serve(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
            spec = {name: tf.io.FixedLenFeature([6], tf.float32)}
            answers = tf.io.parse_example(examples, spec)[name]
            others = (1.0 - answers[:, 5:]) / 9.0
            one = tf.one_hot(tf.cast(answers[:, 0], tf.int32), 10)
            probabilities = one * answers[:, 5:] + (1.0 - one) * others
            return {"probabilities": probabilities, "box": answers[:, 1:5]}

    parrot = Parrot()
    path = str(folder / name)
    tf.saved_model.save(parrot, path, signatures={"serving_examples": parrot.serve})
    return path


def write_examples(
    path: Path,
    answers: dict[str, Rows],
    facts: dict[str, Rows],
    *,
    with_ids: bool = True,
    sources: dict[int, tuple[str, str]] | None = None,
    size: tuple[int, int] = CANVAS,
) -> None:
    """tf.Examples with the truth of the first rows, and under each name what is said.

    A negative digit is none.
    `sources` are glyph and form by picture; each is of a glyph of its own where they are not given.
    """
    first = next(iter(answers.values()))
    with tf.io.TFRecordWriter(str(path)) as writer:
        for i, row in enumerate(first):
            example = tf.train.Example()
            feature = example.features.feature
            if with_ids:
                feature[features.ID].bytes_list.value.append(f"picture/{i:05d}".encode())
                source, form = (sources or {}).get(i, (f"glyph/{i:05d}", ""))
                feature[features.SOURCE_ID].bytes_list.value.append(source.encode())
                feature[features.FORM].bytes_list.value.append(form.encode())
            for key, side in zip((features.HEIGHT, features.WIDTH), size, strict=True):
                feature[key].int64_list.value.append(side)
            feature[features.IMAGE].bytes_list.value.append(str(i).encode())
            if row[0] >= 0:
                feature[features.LABEL].int64_list.value.append(int(row[0]))
                for key, value in zip(features.BOX, row[1:5].tolist(), strict=True):
                    feature[key].float_list.value.append(value)
            for name, rows in answers.items():
                feature[name].float_list.value.extend(rows[i, 5:].tolist())
            for key, values in facts.items():
                feature[key].float_list.value.append(float(values[i]))
            writer.write(example.SerializeToString())


def evaluate_parrots(
    folder: Path,
    answers: dict[str, Rows],
    options: EvaluationOptions,
    *,
    baseline: str | None = None,
    facts: dict[str, Rows] | None = None,
    with_ids: bool = True,
    sources: dict[int, tuple[str, str]] | None = None,
    size: tuple[int, int] = CANVAS,
) -> str:
    """The folder of an evaluation of a parrot for each name."""
    folder.mkdir(exist_ok=True)
    write_examples(
        folder / "examples", answers, facts or {}, with_ids=with_ids, sources=sources, size=size
    )
    evaluate(
        {name: save_parrot(folder, name) for name in answers},
        [str(folder / "examples")],
        str(folder / "result"),
        slices=options.slices,
        task=TaskBase(kind="localization"),
        canvas=CANVAS,
        baseline=baseline,
        make_pipeline=lambda: beam.Pipeline(runner="FnApiRunner"),
    )
    return str(folder / "result")
