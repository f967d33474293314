"""Lets the tests here import `parrot`, which they share with those of the evaluation."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
