"""Lets these tests, and the processes they start, import `digits_process` from this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
