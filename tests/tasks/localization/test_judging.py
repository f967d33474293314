"""The records: what holds for every metric, and that reading them is quick."""

import subprocess
import sys

from tasks.localization.judging import METRICS, RIGHT
from vocabulary.task.judging import Share, always_shown, metrics_of, right_of


def test_names_and_titles_are_each_of_one_metric() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert len({metric.title for metric in METRICS}) == len(METRICS)
    assert list(metrics_of("localization").values()) == list(METRICS)


def test_a_bar_is_set_only_on_shares_of_which_more_is_better() -> None:
    for metric in METRICS:
        assert not metric.bar or (metric.better == "higher" and not metric.unit), metric.name


def test_tables_with_little_room_show_the_digit_and_the_box() -> None:
    assert [metric.title for metric in always_shown(metrics_of("localization"))] == [
        "accuracy",
        "mean IoU",
    ]


def test_what_is_right_can_be_said_of_each_picture() -> None:
    assert right_of("localization").name == RIGHT
    assert isinstance(right_of("localization").read, Share)


def test_the_records_are_read_without_numpy() -> None:
    code = (
        "import sys; from vocabulary.task.judging import metrics_of; "
        "metrics_of('localization'); print('numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
