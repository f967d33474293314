"""Where the models that are compared come from: the run, its config, data, code and training."""

import json
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from pipeline.workspace.history import History
from pipeline.workspace.lineage import Lineage, lineage_of_run, lineage_of_version
from pipeline.workspace.workspace import Workspace
from vocabulary.errors import UserError
from vocabulary.leaves import leaves
from vocabulary.model_files import HISTORY

_TRAINER, _DATA = "Trainer", "DigitExampleGen"


class Origin(BaseModel):
    """The run that trained a model.

    `trained` is when, in local time, and `seconds` how long that took; `data` names the run that
    made the examples, `code` the version of the code. `history` is the Trainer's `history.json`,
    empty where it is gone.
    """

    run_id: str
    trained: datetime
    seconds: float
    data: str
    code: str
    config: dict[str, Any] = Field(exclude=True)
    history: dict[str, Any] = Field(default={}, exclude=True)

    @property
    def epochs(self) -> int | None:
        """How many it was trained for."""
        epochs = self.config.get("training", {}).get("epochs")
        return epochs if isinstance(epochs, int) else None

    def title(self, kind: str) -> str:
        """`version of 20 Nov 14:29 (2 epochs)`."""
        epochs = self.epochs
        lasted = f" ({epochs} epoch{'s' if epochs != 1 else ''})" if epochs is not None else ""
        return f"{kind} of {self.trained.day} {self.trained:%b %H:%M}{lasted}"


def origin_of(workspace: Workspace, *, version: int | None = None, run: str = "") -> Origin | None:
    """The origin of a version or of the model of a run; None where the workspace does not know."""
    if not workspace.metadata.is_file():
        return None
    history = History(workspace)
    try:
        lineage = (
            lineage_of_run(history, run) if run else lineage_of_version(workspace, version or 0)
        )
    except UserError:
        return None
    trained, made = _run_of(lineage, _TRAINER), _run_of(lineage, _DATA)
    trainer = history.nodes(trained).get(_TRAINER)
    if trainer is None:
        return None
    record = trainer.outputs["model_run"].uri / HISTORY if "model_run" in trainer.outputs else None
    return Origin(
        run_id=trained,
        trained=trainer.began + timedelta(seconds=trainer.seconds),
        seconds=round(trainer.seconds, 1),
        data=f"examples of run {made}",
        code=lineage.code.get(trained, "not noted"),
        config=lineage.config,
        history=json.loads(record.read_text()) if record and record.is_file() else {},
    )


def _run_of(lineage: Lineage, component: str) -> str:
    return next((s.run_id for s in lineage.steps if s.component == component), lineage.run_id)


def differing_settings(origins: list[Origin]) -> dict[str, list[str]]:
    """The keys of the configs whose values are not all alike, with the value of each."""
    flat = [_leaves(origin.config) for origin in origins]
    keys = dict.fromkeys(key for one in flat for key in one)
    values = {key: [one.get(key, "none") for one in flat] for key in keys}
    return {key: of for key, of in values.items() if len(set(of)) > 1}


def _leaves(tree: dict[str, Any]) -> dict[str, str]:
    return {".".join(path): json.dumps(value).strip('"') for path, value in leaves(tree)}
