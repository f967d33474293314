"""From gzipped TFRecords to batches, through the transform graph.

The graph is applied on the fly: decoded pictures stored as floats are five times the size of the
PNGs, and reading those back costs more than decoding (`benchmarks/transform.py`).
"""

from collections.abc import Mapping

import tensorflow as tf
import tensorflow_transform as tft

from trainer.preprocessing import PICTURE

SHUFFLE_BUFFER = 32_768

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

    files = tf.data.Dataset.list_files(patterns, shuffle=False)
    records = files.interleave(
        lambda path: tf.data.TFRecordDataset(path, compression_type="GZIP"),
        cycle_length=1 if shuffle_seed is None else 8,
        num_parallel_calls=tf.data.AUTOTUNE,
    )
    if shuffle_seed is not None:
        records = records.shuffle(SHUFFLE_BUFFER, seed=shuffle_seed)
    batches = records.batch(batch_size, drop_remainder=shuffle_seed is not None)
    # Keras must know how long an epoch is, or it warns at the end of the first.
    batches = batches.apply(tf.data.experimental.assert_cardinality(steps))
    return batches.map(prepare, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
