"""From gzipped TFRecords to batches, through the transform graph.

The graph is applied on the fly: storing decoded pictures and reading them back takes over twice the
time of decoding them anew in each epoch (`benchmarks/transform.py`).
"""

import os
from collections.abc import Mapping

import tensorflow as tf
import tensorflow_transform as tft

from trainer.preprocessing import PICTURE

SHUFFLE_BUFFER = 32_768
READERS, PREFETCHED = 4, 8

Batch = tuple[tf.Tensor, dict[str, tf.Tensor]]


def read_batches(
    patterns: list[str],
    transform: tft.TFTransformOutput,
    *,
    targets: Mapping[str, str],
    batch_size: int,
    steps: int,
    shuffle_seed: int | None = None,
) -> tf.data.Dataset:
    """Batches of (`picture`, {output: target}).

    Args:
        patterns: file patterns of gzipped TFRecords of tf.Example.
        transform: the output of the Transform component.
        targets: the transformed feature that each output of the network is trained towards.
        batch_size: pictures in a batch.
        steps: batches that there are.
        shuffle_seed: shuffles, anew for each epoch, and drops the remainder, so that every step
            has the same shape; without it the order is that of the files and nothing is dropped.
    """
    spec = transform.raw_feature_spec()
    layer = transform.transform_features_layer()

    def prepare(serialized: tf.Tensor) -> Batch:
        outputs = layer(tf.io.parse_example(serialized, spec))
        return outputs[PICTURE], {name: outputs[key] for name, key in targets.items()}

    readers = 1 if shuffle_seed is None else READERS
    files = tf.data.Dataset.list_files(patterns, shuffle=False)
    records = files.interleave(
        lambda path: tf.data.TFRecordDataset(path, compression_type="GZIP"),
        cycle_length=readers,
        num_parallel_calls=readers,
    )
    if shuffle_seed is not None:
        records = records.shuffle(SHUFFLE_BUFFER, seed=shuffle_seed)
    batches = records.batch(batch_size, drop_remainder=shuffle_seed is not None)
    # Keras must know how long an epoch is, or it warns at the end of the first.
    batches = batches.apply(tf.data.experimental.assert_cardinality(steps))
    batches = batches.map(prepare, num_parallel_calls=os.cpu_count()).prefetch(PREFETCHED)
    return batches.with_options(_without_autotuning())


def _without_autotuning() -> tf.data.Options:
    """Fixes parallelism at what is asked for.

    With autotuning, TensorFlow 2.21 ends an iterator only when its tuner next wakes: 10 ms after
    the start, then 20, 40 and so on, which adds up to stalls of 20 or 40 s at an epoch's end.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return options
