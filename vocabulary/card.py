"""An exported model's card: what it says of itself, in a JSON file beside it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from vocabulary.errors import UserError
from vocabulary.model_files import CARD

DEFAULT_TASK: Final = "localization"
"""What a model was made for that does not say it: one without a card, or behind a server."""
PAPER: Final = "paper"
"""The card's key for the paper of the pictures that a model was trained on:"""
LIGHT: Final = "light"
DARK: Final = "dark"
"""with light ink on it; also of a model that does not say it."""


def read_card(folder: Path) -> dict[str, Any]:
    """The facts on the card of the model in a folder; none where it has no card."""
    path = folder / CARD
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text()))
    except (TypeError, ValueError) as error:
        raise UserError(
            f"{path} is not the card of a model: {error}; export the model again"
        ) from error


def is_for_light_paper(card: Mapping[str, Any]) -> bool:
    """Whether the model of a card was trained on dark ink on light paper."""
    return bool(card.get(PAPER, DARK) == LIGHT)


def task_of(folder: Path) -> str:
    """The name of the task that the model in a folder was made for; raises as `read_card`."""
    return str(read_card(folder).get("task", DEFAULT_TASK))
