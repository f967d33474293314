"""All of a picture, as a model is sent it that finds for itself what there is."""

import numpy as np
import pytest

from serving.ink import LIGHT_PAPER
from serving.prepare import grey_of, prepare
from serving.whole import take_whole
from tests.serving.ink_pictures import ON_DARK, ON_PAPER, InkPicture, encoded
from vocabulary.pictures import open_upright


def test_dark_ink_on_light_paper_is_inverted_and_nothing_is_cut_off() -> None:
    grey = grey_of(open_upright(encoded(ON_PAPER[0])))
    ink = take_whole(grey)
    assert (ink.found, ink.inverted, ink.square) == (True, True, (0.0, 0.0, 1.0, 1.0))
    assert np.array_equal(ink.canvas, 255 - grey)
    assert take_whole(grey, "no").doubts == (LIGHT_PAPER,)


@pytest.mark.parametrize("picture", ON_DARK, ids=lambda picture: picture.name)
def test_light_ink_is_sent_in_its_own_bytes(picture: InkPicture) -> None:
    sent = encoded(picture)
    assert prepare(sent, invert="auto", sent="all").encoded == sent


def test_a_picture_without_ink_is_sent_too() -> None:
    assert take_whole(np.zeros((60, 90), np.uint8)).found
