"""Bounds on how many requests there are, and on what they share."""

import threading
import time

import grpc
import pytest

from serving.admission import Admission, Budget
from serving.errors import ServingError


def soon() -> float:
    return time.monotonic() + 0.01


def late() -> float:
    return time.monotonic() + 60


def test_more_than_there_is_room_for_are_refused_at_once() -> None:
    admission = Admission(1)
    with (
        admission.admitted(),
        pytest.raises(ServingError, match=r"1 requests .* try again") as caught,
        admission.admitted(),
    ):
        pass
    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    with admission.admitted():
        pass


def test_what_does_not_fit_waits_and_gives_up_in_words() -> None:
    budget = Budget(10)
    with (
        budget.share(6, deadline=late()),
        pytest.raises(ServingError, match="waited for too long") as caught,
        budget.share(5, deadline=soon()),
    ):
        pass
    assert caught.value.code == grpc.StatusCode.DEADLINE_EXCEEDED
    with budget.share(10, deadline=soon()):
        pass


def test_what_fits_goes_past_what_does_not() -> None:
    budget = Budget(10)
    order: list[str] = []

    def large() -> None:
        with budget.share(9, deadline=late()):
            order.append("large")

    with budget.share(6, deadline=late()):
        thread = threading.Thread(target=large)
        thread.start()
        with budget.share(4, deadline=late()):
            order.append("small")
    thread.join()
    assert order == ["small", "large"]


def test_more_than_all_is_all() -> None:
    budget = Budget(10)
    with budget.share(11, deadline=soon()):  # noqa: SIM117
        with pytest.raises(ServingError), budget.share(1, deadline=soon()):
            pass
