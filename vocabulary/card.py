"""An exported model's card: what it says of itself, in a JSON file beside it."""

import json
from pathlib import Path
from typing import Any, Final

from vocabulary.model_files import CARD

_BEFORE_CARDS: Final = "localization"
"""What models without a card were made for."""


def read_card(folder: Path) -> dict[str, Any]:
    """The facts on the card of the model in a folder; none where it has no card."""
    card = folder / CARD
    return dict(json.loads(card.read_text())) if card.is_file() else {}


def task_of(folder: Path) -> str:
    """The name of the task that the model in a folder was made for."""
    return str(read_card(folder).get("task", _BEFORE_CARDS))
