"""Writes a finder and a reader as one SavedModel, of TensorFlow's operations alone.

    compose(Path("find/1795726273"), Path("read/1795726301"), Path("both"))

Any server of models takes it. It has the signatures of its parts, and the reader's card with the
finder's on it; `serving_tensor` takes canvases of the finder. What is read is cut out of the
picture as it was sent, in its own resolution.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import tensorflow as tf

from serving.stages.presented import CROP, found
from trainer.decoding import decode
from trainer.preprocessing import border_of
from vocabulary import features, signatures
from vocabulary.card import FINDER, is_for_light_paper, read_card, task_on
from vocabulary.errors import UserError
from vocabulary.model_files import CARD
from vocabulary.task.answers import Answers, ink_of, rectangle_of
from vocabulary.task.find import task_part

MARGIN: Final = 0.5
"""What a crop has around what was found, on each side, of its height: as pictures have that readers
are trained on. Of 40 numbers in clutter, 34 are read right with it, 33 with 0.3, 30 with 0.1."""
_LARGEST: Final = 65_535
"""Pixels of a side of the largest JPEG: asked for so many, none comes reduced."""
_STORED: Final = 0
"""The level of PNG's compression that is none: the crop is decoded again at once."""

Tensors = dict[str, tf.Tensor]


def compose(finder: Path, reader: Path, folder: Path) -> None:
    """Writes the SavedModel of two versions' folders into a folder, with its card.

    Raises UserError if they do not fit each other, or one cannot be loaded.
    """
    card = _card(finder, reader)
    stages = _Stages(_load(finder), _load(reader), card)
    names = (*signatures.SIGNATURES, signatures.CARD)
    tf.saved_model.save(stages, str(folder), {name: getattr(stages, name) for name in names})
    (folder / CARD).parent.mkdir()
    (folder / CARD).write_text(json.dumps(card, indent=1))


def _card(finder: Path, reader: Path) -> dict[str, Any]:
    """That of both, which fit each other."""
    finds, reads = read_card(finder), read_card(reader)
    for folder, card in ((finder, finds), (reader, reads)):
        if FINDER in card:
            raise UserError(f"{folder} holds two models as one already; name one of a single model")
    if _rectangle(finds) is None:
        raise UserError(
            f"{finder} was made for the task {task_on(finds).kind}, which does not say where in a "
            "picture it is; name a model that finds"
        )
    if _rectangle(reads) is not None:
        raise UserError(
            f"{reader} was made for the task {task_on(reads).kind}, which finds for itself; name a "
            "model that reads a whole picture"
        )
    if is_for_light_paper(finds) != is_for_light_paper(reads):
        raise UserError(
            f"of {finder} and {reader}, one was trained on dark ink on light paper and the other "
            "on light ink on dark; name models of one kind"
        )
    sizes = [card.get("parameters") for card in (finds, reads)]
    return {
        **reads,
        "parameters": None if None in sizes else sum(sizes),
        "canvas": finds.get("canvas"),
        FINDER: finds,
    }


def _rectangle(card: Mapping[str, Any]) -> str | None:
    return rectangle_of(task_part(task_on(card).kind, "answers"))


def _load(folder: Path) -> Any:
    try:
        return tf.saved_model.load(str(folder))
    except Exception as error:  # TensorFlow raises nearly anything for a broken SavedModel
        raise UserError(f"{folder} cannot be loaded: {str(error).splitlines()[0]}") from error


class _Stages(tf.Module):
    """Both models, and the signatures of the whole."""

    def __init__(self, finder: Any, reader: Any, card: Mapping[str, Any]):
        super().__init__()
        self.finder, self.reader = finder, reader
        answers: Answers = task_part(task_on(card[FINDER]).kind, "answers")
        self._rectangle, self._ink = rectangle_of(answers), ink_of(answers)
        self._text = json.dumps(card)
        encoded, examples, asked = (
            tf.TensorSpec([None], tf.string, name)
            for name in (signatures.IMAGE_BYTES, "examples", signatures.ASKED)
        )
        _, inputs = finder.signatures[signatures.TENSOR].structured_input_signature
        canvas = inputs[signatures.IMAGE]
        self.serving_default = _traced(self._read, encoded)
        self.serving_examples = _traced(self._read_examples, examples)
        self.serving_tensor = _traced(self._read_canvases, canvas)
        self.card = _traced(self._answer_card, asked)

    def _read(self, image_bytes: tf.Tensor) -> Tensors:
        of_finder = self.finder.signatures[signatures.DEFAULT](image_bytes=image_bytes)
        names = (self._rectangle, self._ink) if self._ink else (self._rectangle,)
        crops, parts = tf.map_fn(
            lambda one: _cut(*one),
            (image_bytes, *(of_finder[name] for name in names)),
            fn_output_signature=(
                tf.TensorSpec([], tf.string),
                tf.TensorSpec([4], tf.float32),
            ),
        )
        of_reader = self.reader.signatures[signatures.DEFAULT](image_bytes=crops)
        by_finder = {found(name): values for name, values in of_finder.items()}
        return {**of_reader, **by_finder, CROP: parts}

    def _read_examples(self, examples: tf.Tensor) -> Tensors:
        spec = {features.IMAGE: tf.io.FixedLenFeature([], tf.string)}
        outputs: Tensors = self.serving_default(tf.io.parse_example(examples, spec)[features.IMAGE])
        return outputs

    def _read_canvases(self, image: tf.Tensor) -> Tensors:
        finite = tf.debugging.check_numerics(image, "image must be finite")
        pixels = tf.cast(tf.round(255.0 * tf.clip_by_value(finite, 0.0, 1.0)), tf.uint8)
        encoded = tf.map_fn(tf.io.encode_png, pixels, fn_output_signature=tf.string)
        outputs: Tensors = self.serving_default(encoded)
        return outputs

    def _answer_card(self, asked: tf.Tensor) -> Tensors:
        return {signatures.CARD: tf.fill(tf.shape(asked), self._text)}


def _traced(function: Any, spec: tf.TensorSpec) -> Any:
    return tf.function(function, input_signature=[spec], autograph=False)


def _cut(
    encoded: tf.Tensor, edges: tf.Tensor, ink: tf.Tensor | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """A part of a picture with a margin, as PNG, string [], and its edges, float32 [4] in [0, 1].

    `edges` are those of the part, float32 [4]; of no area, they stand for the whole picture. `ink`,
    string [1], is a PNG of which pixels belong to it: the others become what the border is.
    """
    pixels, _ = decode(encoded, height=_LARGEST, width=_LARGEST)
    size = tf.cast(tf.tile(tf.shape(pixels)[1::-1], [2]), tf.float32)
    margin = MARGIN * (edges[3] - edges[1]) * size[1]
    low = tf.floor(tf.maximum(edges[:2] * size[:2] - margin, 0.0))
    high = tf.math.ceil(tf.minimum(edges[2:] * size[2:] + margin, size[2:]))
    there = tf.reduce_all(edges[:2] < edges[2:])
    low, high = tf.where(there, low, 0.0), tf.where(there, high, size[2:])
    if ink is not None:
        pixels = tf.cond(there, lambda: _alone(pixels, ink[0]), lambda: pixels)
    left, top, right, bottom = tf.unstack(tf.cast(tf.concat([low, high], 0), tf.int32))
    crop = tf.io.encode_png(pixels[top:bottom, left:right], compression=_STORED)
    return crop, tf.concat([low, high], 0) / size


def _alone(pixels: tf.Tensor, ink: tf.Tensor) -> tf.Tensor:
    """A picture, uint8 [rows, columns, 1 or 3], without what does not belong to the ink.

    A pixel of the ink's own resolution stays if it is near ink: strokes end softly.
    """
    likely = tf.cast(tf.io.decode_png(ink, channels=1), tf.float32)[tf.newaxis] / 255
    near = tf.nn.max_pool2d(likely, 3, 1, "SAME")
    share = tf.image.resize(near, tf.shape(pixels)[:2])[0]
    values = tf.cast(pixels, tf.float32)
    mixed = share * values + (1 - share) * border_of(values)
    return tf.ensure_shape(tf.cast(tf.round(mixed), tf.uint8), [None, None, None])
