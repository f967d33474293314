"""Columns in reading order: exact probabilities, however the columns hold digits."""

import itertools

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tasks.sequence.layers.reading_order import ReadingOrder
from tasks.sequence.losses import cross_entropy
from tasks.sequence.number import LONGEST, MORE

Floats = NDArray[np.float64]
COLUMNS = 7
BLANK, SYMBOLS = 10, 11


def read(logits: Floats) -> tuple[Floats, Floats]:
    """Probabilities of lengths, [7], and of symbols at each place, [5, 11], of one picture."""
    length, digits = ReadingOrder()(logits[np.newaxis].astype(np.float32))
    return np.exp(length)[0], np.exp(digits)[0]


def logits_of(probabilities: Floats) -> Floats:
    """What the layer makes these probabilities of, [columns, 11], whatever it takes for rare."""
    zeros = np.zeros((COLUMNS, SYMBOLS))
    (length, _), rows = read(zeros), np.log(probabilities)
    none = length[0] ** (1 / COLUMNS)
    rows[:, BLANK] -= np.log(none / (1 - none) * BLANK)
    return rows


def test_lengths_and_places_are_those_of_all_ways_to_fill_the_columns() -> None:
    random = np.random.default_rng(3)
    symbols = random.dirichlet([0.5] * SYMBOLS, COLUMNS)
    there = 1 - symbols[:, BLANK]
    lengths, places = np.zeros(MORE + 1), np.zeros((LONGEST, SYMBOLS))
    for filled in itertools.product((False, True), repeat=COLUMNS):
        neighbours = np.array((False, *filled[:-1]))
        probability = np.prod(np.where(filled, there * ~neighbours, 1 - there * ~neighbours))
        columns = np.flatnonzero(filled)
        lengths[min(len(columns), MORE)] += probability
        for place in range(LONGEST):
            if place < len(columns):
                digits = symbols[columns[place], :BLANK] / there[columns[place]]
                places[place, :BLANK] += probability * digits
            else:
                places[place, BLANK] += probability
    length, digits = read(logits_of(symbols))
    np.testing.assert_allclose(length, lengths, atol=1e-5)
    np.testing.assert_allclose(digits, places, atol=1e-5)


def test_sure_columns_are_read_from_the_left() -> None:
    logits = np.zeros((COLUMNS, SYMBOLS))
    logits[:, BLANK] = 30
    for column, digit in ((1, 7), (3, 0), (6, 7)):
        logits[column, [digit, BLANK]] = 60, 0
    length, digits = read(logits)
    assert length.argmax() == 3
    assert digits.argmax(axis=1).tolist() == [7, 0, 7, BLANK, BLANK]


def test_a_digit_in_every_other_column_is_more_than_the_longest_number() -> None:
    logits = np.zeros((2 * MORE, SYMBOLS))
    logits[:, 4] = 60
    length, digits = read(logits)
    assert length.argmax() == MORE
    assert digits.argmax(axis=1).tolist() == [4] * LONGEST


def test_of_two_neighbours_that_may_hold_a_digit_one_does() -> None:
    symbols = np.full((COLUMNS, SYMBOLS), 1e-9)
    symbols[:, BLANK] = 1
    symbols[2, [8, BLANK]] = 0.5
    symbols[3, [8, BLANK]] = 1, 1e-9
    length, digits = read(logits_of(symbols / symbols.sum(axis=1, keepdims=True)))
    assert length[1] > 0.999
    assert digits[0, 8] > 0.999


def test_columns_learn_an_order_that_nobody_tells_them() -> None:
    """From logits that are all alike, by the number alone."""
    logits = tf.Variable(tf.zeros([1, COLUMNS, SYMBOLS]))
    optimizer, layer = keras.optimizers.Adam(0.3), ReadingOrder()
    truth = np.array([3]), np.array([[7, 0, 7, BLANK, BLANK]])

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            heads = zip(truth, layer(logits), strict=True)
            loss = sum(cross_entropy(*head, smoothing=0.0) for head in heads)
        optimizer.apply(tape.gradient(loss, [logits]), [logits])
        return loss

    losses = [float(step()[0]) for _ in range(100)]
    assert losses[0] > 5
    assert losses[-1] < 0.05
