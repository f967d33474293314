"""From gzipped TFRecords to batches, through the transform graph.

The graph is applied on the fly: storing decoded pictures and reading them back takes over twice the
time of decoding them anew in each epoch (`benchmarks/transform.py`). What fits in memory is decoded
once. Every batch has the same shape, which a TPU asks for: remainders are dropped.
"""

import math
import os
from collections.abc import Mapping

import tensorflow as tf
import tensorflow_transform as tft

from trainer.preprocessing import FRAME, PICTURE
from vocabulary.task.training import Augmentation

SHUFFLE_BUFFER = 32_768
KEPT_BYTES = 2 << 30
READERS, PREFETCHED = 4, 8

Example = Mapping[str, tf.Tensor]
Batch = tuple[tf.Tensor, Example]


class Batches:
    """Batches of (`picture`, {output: target}) of the files of a split."""

    def __init__(
        self,
        patterns: list[str],
        transform: tft.TFTransformOutput,
        *,
        targets: Mapping[str, str],
        batch_size: int,
        steps: int,
    ):
        """Reads nothing yet.

        `patterns` are of gzipped TFRecords of tf.Example; `targets` name the target, a transformed
        feature, of each output of the network; `steps` are the batches in an epoch.
        """
        self._patterns, self._targets, self._steps = patterns, targets, steps
        self._batch_size = batch_size
        self._spec = transform.raw_feature_spec()
        # Traced as it is: it holds no Python that AutoGraph would have to rewrite.
        self._layer = tf.autograph.experimental.do_not_convert(transform.transform_features_layer())
        picture = transform.transformed_feature_spec()[PICTURE]
        size = math.prod(picture.shape) * picture.dtype.size
        self._fits = steps * batch_size * size <= KEPT_BYTES

    def in_order(self) -> tf.data.Dataset:
        """One epoch in the order of the files, as it is."""
        batches = self._batched(self._records(readers=1)).take(self._steps)
        # Keras must know how long an epoch is, or it warns at the end of the first.
        batches = batches.apply(tf.data.experimental.assert_cardinality(self._steps))

        def finish(batch: tf.Tensor) -> Batch:
            picture, targets, _ = self._sized(self._prepare(batch))
            return picture, self._by_output(targets)

        return self._finished(batches.map(finish, os.cpu_count()))

    def shuffled(
        self, *, start: int, stop: int, seed: int, augmentation: Augmentation | None = None
    ) -> tf.data.Dataset:
        """A range of steps, counted over all epochs, shuffled anew for each epoch.

        What a step sees depends on the seed and its number alone, so that a training that was
        interrupted resumes with the very batches it would have had.
        """
        first, done = divmod(start, self._steps)
        records = self._records(readers=READERS)
        keeps = self._fits and stop - start > self._steps
        if keeps:
            batches = records.batch(self._batch_size).map(self._prepare, os.cpu_count())
            records = batches.unbatch().cache()

        def epoch(number: tf.Tensor) -> tf.data.Dataset:
            order = records.shuffle(SHUFFLE_BUFFER, seed=seed + number)
            return self._batched(order).take(self._steps)

        def finish(step: tf.Tensor, batch: tf.Tensor | Example) -> Batch:
            picture, targets, frame = self._sized(batch if keeps else self._prepare(batch))
            if augmentation is not None:
                picture, targets = augmentation(picture, targets, frame, [seed, step])
            return picture, self._by_output(targets)

        epochs = tf.data.Dataset.range(first, -(-stop // self._steps))
        batches = epochs.flat_map(epoch).skip(done)
        batches = batches.apply(tf.data.experimental.assert_cardinality(stop - start))
        return self._finished(batches.enumerate(start).map(finish, os.cpu_count()))

    def _records(self, *, readers: int) -> tf.data.Dataset:
        files = tf.data.Dataset.list_files(self._patterns, shuffle=False)
        return files.interleave(
            lambda path: tf.data.TFRecordDataset(path, compression_type="GZIP"),
            cycle_length=readers,
            num_parallel_calls=readers,
        )

    def _batched(self, examples: tf.data.Dataset) -> tf.data.Dataset:
        return examples.batch(self._batch_size, drop_remainder=True)

    def _prepare(self, serialized: tf.Tensor) -> Example:
        """What is trained on, of each example of a batch."""
        outputs = self._layer(tf.io.parse_example(serialized, self._spec))
        return {key: outputs[key] for key in {PICTURE, FRAME, *self._targets.values()}}

    def _sized(self, batch: Example) -> tuple[tf.Tensor, Example, tf.Tensor]:
        """Pictures, targets by their own names, and frames."""
        # The transform graph forgets how many there are, which a TPU must know.
        sized = {
            key: tf.ensure_shape(value, [self._batch_size, *value.shape[1:]])
            for key, value in batch.items()
        }
        return sized[PICTURE], {key: sized[key] for key in self._targets.values()}, sized[FRAME]

    def _by_output(self, targets: Example) -> Example:
        return {output: targets[key] for output, key in self._targets.items()}

    def _finished(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        """Prefetches, with parallelism fixed at what is asked for.

        With autotuning, TensorFlow 2.21 ends an iterator only when its tuner next wakes: 10 ms
        after the start, then 20, 40 and so on up to a minute later: stalls of 20 to 60 s when
        training ends. `trainer.strategy` sees to it that one device has no other iterator.
        """
        options = tf.data.Options()
        options.autotune.enabled = False
        # Workers each take their part of every global batch, so that more of them train alike.
        options.experimental_distribute.auto_shard_policy = (
            tf.data.experimental.AutoShardPolicy.DATA
        )
        return batches.prefetch(PREFETCHED).with_options(options)
