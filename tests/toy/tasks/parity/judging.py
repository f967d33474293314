"""One metric."""

from vocabulary.task.judging import Metric, Share

RIGHT = "accuracy"
METRICS = (Metric("accuracy", "accuracy", Share(lambda m: m["right"]), shown="always"),)
