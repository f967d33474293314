"""A crop is any part in training, and the middle where the network answers."""

import keras
import numpy as np

from tasks.sequence.layers.crop import Crop

HEIGHT, WIDTH, SIDE = 7, 9, 5
PLACES = np.arange(HEIGHT * WIDTH, dtype=np.float32).reshape(1, HEIGHT, WIDTH, 1)


def test_where_it_answers_it_sees_the_middle() -> None:
    crop = Crop(SIDE)(PLACES, training=False)
    assert np.array_equal(crop, PLACES[:, 1:6, 2:7])


def test_in_training_it_sees_every_part_and_no_other() -> None:
    keras.utils.set_random_seed(1)
    crops = np.asarray(Crop(SIDE)(np.repeat(PLACES, 400, axis=0), training=True))
    corners = {int(crop[0, 0, 0]) for crop in crops}
    assert corners == {y * WIDTH + x for y in range(3) for x in range(5)}
    for crop in crops:
        y, x = divmod(int(crop[0, 0, 0]), WIDTH)
        assert np.array_equal(crop, PLACES[0, y : y + SIDE, x : x + SIDE])
