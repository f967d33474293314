"""The page's files: `page/`, which knows no task, and as `task.js` the script of one.

It is that of the task which the newest version was made for: `tasks/NAME/page.js`. Of a model in
two stages, `finder.js` is that of the first. Where there is none, the page shows the model's
outputs as they are. `figures.json` tells what the versions reached when they were judged.
"""

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from serving.errors import ServingError
from serving.service import Service
from vocabulary.card import FINDER, read_card, task_on
from vocabulary.errors import UserError
from vocabulary.model_files import EXTRA, FIGURES
from vocabulary.task.find import task_file

Card = Mapping[str, Any]

PAGE: Final = Path(__file__).parent / "page"
_SCRIPT: Final = "page.js"
_WITHOUT_TASK: Final = PAGE / "outputs.js"
_NO_TASK: Final = (KeyError, ServingError, StopIteration, UserError, ValueError)
"""Where there is no version, card or task."""
_NOT_KEPT: Final = {"Cache-Control": "no-cache"}
"""A browser that keeps what it got would show another model with it."""


def page_routes(service: Service) -> list[BaseRoute]:
    """The routes of the page at the server's root."""

    def task_script(request: Request) -> FileResponse:
        return answer(lambda card: card)

    def finder_script(request: Request) -> FileResponse:
        return answer(lambda card: card[FINDER])

    def answer(stage: Callable[[Card], Card]) -> FileResponse:
        script = _script(service, stage)
        return FileResponse(script, media_type="text/javascript", headers=_NOT_KEPT)

    def figures(request: Request) -> JSONResponse:
        return JSONResponse(_figures(service), headers=_NOT_KEPT)

    page = StaticFiles(directory=PAGE, html=True)
    return [
        Route("/task.js", task_script),
        Route("/finder.js", finder_script),
        Route(f"/{FIGURES}", figures),
        Mount("/", page),
    ]


def _figures(service: Service) -> dict[str, dict[str, float]]:
    """What the versions that can be asked reached when they were judged, where they say so."""
    figures = {}
    for one in service.manager.statuses():
        file = service.options.model_base_path / str(one.version) / EXTRA / FIGURES
        if one.state == "AVAILABLE":
            with contextlib.suppress(OSError, TypeError, ValueError):
                values = dict(json.loads(file.read_text()))
                figures[str(one.version)] = {name: float(values[name]) for name in values}
    return figures


def _script(service: Service, stage: Callable[[Card], Card]) -> Path:
    """That of the task on the part of the newest version's card that is about a stage."""
    try:
        versions = service.manager.statuses()
        newest = next(one.version for one in versions if one.state == "AVAILABLE")
        card = read_card(service.options.model_base_path / str(newest))
        return script_of(stage(card))
    except _NO_TASK:
        return _WITHOUT_TASK


def script_of(card: Card) -> Path:
    """That of the task on a card; raises as `task_on`."""
    return task_file(task_on(card).kind, _SCRIPT) or _WITHOUT_TASK
