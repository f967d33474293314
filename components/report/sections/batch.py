"""Some pictures as training has them, which augmentation makes harder than those that judge."""

from collections.abc import Sequence

import tensorflow as tf

from evaluation.pixels import compression
from vocabulary import features
from vocabulary.document import Picture, Pictures
from vocabulary.splits import TRAIN

_SHOWN = 12
_NOTHING = "nothing"


def batch(files: Sequence[str]) -> Pictures:
    """The first pictures of TFRecords of tf.Example, with what is on them."""
    shown: list[Picture] = []
    for path in files:
        records = tf.data.TFRecordDataset(path, compression_type=compression(path))
        for record in records.take(_SHOWN - len(shown)).as_numpy_iterator():
            feature = tf.train.Example.FromString(record).features.feature
            texts = (text.decode() for text in feature[features.TEXT].bytes_list.value)
            png = feature[features.IMAGE].bytes_list.value[0]
            shown.append(Picture(png, " ".join(texts) or _NOTHING))
        if len(shown) == _SHOWN:
            break
    return Pictures(
        f"From the {TRAIN} split",
        shown,
        "What the network learns from. Where the config augments, these are bent, turned and "
        "blurred further than the pictures that judge; some tasks also shift them anew in each "
        "epoch.",
    )
