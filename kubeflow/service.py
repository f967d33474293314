"""What submitting and operating need of a service that runs pipelines, whichever it is."""

import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent import futures
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from vocabulary.errors import UserError

T = TypeVar("T")
Change = Literal["pause", "resume", "delete"]
"""What may be done to a schedule."""

ANSWER_S = 60.0
"""How long a service may take to answer."""
POLL_S = 10.0
LOST_S = 300.0
"""How long a service that has answered may be lost while a run is waited for."""
_ENDED = frozenset({"succeeded", "failed", "cancelled", "skipped"})


@dataclass(frozen=True)
class Submission:
    """A compiled pipeline with values of runtime parameters; others have their defaults.

    `cache`: whether outputs may be taken from the service's, where the pipeline itself allows it.
    """

    file: Path
    values: Mapping[str, float]
    cache: bool


@dataclass(frozen=True)
class RunState:
    """How a run is.

    Attributes:
        state: pending, running, succeeded, failed, cancelled, or another word of the service.
        tasks: the state of each task that has begun.
        why: what went wrong, by task; the run itself is "".
    """

    state: str
    tasks: Mapping[str, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing more will change."""
        return self.state in _ENDED


@dataclass(frozen=True)
class SubmittedRun:
    """A run in the list of a service: its id, the word of `RunState`, when it was submitted.

    It is unreadable, and has no time, if the service cannot read what it keeps of it.
    """

    run: str
    state: str
    created: datetime | None


@dataclass(frozen=True)
class Schedule:
    """A schedule in the list of a service.

    Attributes:
        schedule: its id.
        cron: its times, as the service keeps them: Kubeflow's begin with seconds.
        state: active, paused, completed, or unreadable for the service itself.
        created: when it was submitted, if that can be read.
    """

    schedule: str
    cron: str
    state: str
    created: datetime | None


@dataclass(frozen=True)
class Version:
    """A version of the pipeline that a service keeps: its id, and the page where it is run."""

    version: str
    page: str


class Service(ABC):
    """A service by its name for people, which has `answer_s` to answer; methods raise UserError."""

    def __init__(self, name: str, answer_s: float):
        self._name = name
        self._answer_s = answer_s

    def submit(self, submission: Submission) -> str:
        """Starts a run; gives its id."""
        return self._ask(lambda: self._submit(submission))

    def schedule(self, submission: Submission, cron: str) -> str:
        """Starts runs at the times of a cron expression of five fields; gives the schedule's id."""
        return self._ask(lambda: self._schedule(submission, cron))

    def state(self, run_id: str) -> RunState:
        """How a run is."""
        return self._ask(lambda: self._state(run_id))

    def runs(self, limit: int) -> list[SubmittedRun]:
        """The newest runs of this pipeline, the last one first."""
        return self._ask(lambda: self._runs(limit))

    def cancel(self, run_id: str) -> None:
        """Asks the service to stop a run, which takes it a while.

        Raises UserError if the run has ended, or is being cancelled.
        """

        def cancel() -> None:
            state = self._state(run_id)
            if state.state == "cancelling":
                raise UserError(f"the run {run_id} is cancelling already")
            if state.ended:
                raise UserError(
                    f"the run {run_id} has ended ({state.state}); there is nothing to cancel"
                )
            self._cancel(run_id)

        self._ask(cancel)

    def retry(self, run_id: str) -> str:
        """Runs again what failed or was cancelled of a run; gives the id of the run that does so.

        Raises UserError if the run has not ended, or has succeeded.
        """

        def retry() -> str:
            state = self._state(run_id)
            if state.state not in ("failed", "cancelled"):
                raise UserError(
                    f"the run {run_id} is {state.state}; only a run that failed or was cancelled "
                    f"can be retried"
                )
            return self._retry(run_id)

        return self._ask(retry)

    def log(self, run_id: str, step: str) -> str:
        """What the last attempt at a step of a run has printed.

        Raises UserError if the run has no such step, or there is no log of it.
        """
        return self._ask(lambda: self._log(run_id, step))

    def upload(self, file: Path) -> Version:
        """Keeps a compiled pipeline, to be run later.

        Raises UserError if the service keeps no pipelines.
        """
        return self._ask(lambda: self._upload(file))

    def schedules(self) -> list[Schedule]:
        """The schedules of this pipeline, the newest first."""
        return self._ask(self._schedules)

    def change_schedule(self, schedule_id: str, change: Change) -> None:
        """Pauses, resumes or deletes a schedule; its runs go on."""
        self._ask(lambda: self._change_schedule(schedule_id, change))

    @abstractmethod
    def page(self, run_id: str) -> str:
        """The address where a person sees a run."""

    @abstractmethod
    def _submit(self, submission: Submission) -> str: ...

    @abstractmethod
    def _schedule(self, submission: Submission, cron: str) -> str: ...

    @abstractmethod
    def _state(self, run_id: str) -> RunState: ...

    @abstractmethod
    def _runs(self, limit: int) -> list[SubmittedRun]: ...

    @abstractmethod
    def _cancel(self, run_id: str) -> None: ...

    @abstractmethod
    def _retry(self, run_id: str) -> str: ...

    @abstractmethod
    def _log(self, run_id: str, step: str) -> str: ...

    @abstractmethod
    def _upload(self, file: Path) -> Version: ...

    @abstractmethod
    def _schedules(self) -> list[Schedule]: ...

    @abstractmethod
    def _change_schedule(self, schedule_id: str, change: Change) -> None: ...

    @abstractmethod
    def _sentences(self) -> AbstractContextManager[None]:
        """Turns the client's errors into UserErrors."""

    def _ask(self, ask: Callable[[], T]) -> T:
        with self._sentences():
            return within(self._answer_s, self._name, ask)


def state_word(state: Any) -> str:
    """A state by one name for all services: `PIPELINE_STATE_CANCELLED` is `cancelled`."""
    word = str(state or "pending").removeprefix("PIPELINE_STATE_").lower()
    return word.replace("canceled", "cancelled").replace("canceling", "cancelling")


def one_line(text: str) -> str:
    """What a service says, which may be of several lines, for a sentence."""
    return " ".join(text.split())


def wait_for_end(
    service: Service, run_id: str, *, tell: Callable[[str, str], None], limit: float | None
) -> RunState:
    """Waits until a run has ended, telling each task's changes: `tell("trainer", "running")`.

    Raises UserError if it has not ended after `limit` seconds, or the service is lost.
    """
    deadline = time.monotonic() + limit if limit else None
    answered = -math.inf
    before: Mapping[str, str] = {}
    while True:
        try:
            now = service.state(run_id)
        except UserError:  # which may only be for now: a service starts anew, too
            if time.monotonic() - answered > LOST_S:
                raise
        else:
            answered = time.monotonic()
            for name, state in now.tasks.items():
                if before.get(name) != state:
                    tell(name, state)
            before = now.tasks
            if now.ended:
                return now
        if deadline and time.monotonic() + POLL_S > deadline:
            raise UserError(
                f"the run {run_id} has not ended in {limit:g} s; it goes on, look at it with "
                f"digits status"
            )
        time.sleep(POLL_S)


def within(seconds: float, service: str, ask: Callable[[], T]) -> T:
    """What `ask` gives or raises; the clients themselves may wait for an answer for ever.

    Raises UserError if there is no answer in time.
    """
    answer: futures.Future[T] = futures.Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    if not futures.wait([answer], seconds).done:
        raise UserError(
            f"{service} has not answered in {seconds:g} s; try again, or see its status"
        )
    return answer.result()
