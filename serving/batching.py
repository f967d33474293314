"""Puts requests that wait for the model together, and takes the answers apart again.

Whoever finds no batch under way runs one at once, of its own request and of all that wait with it;
so one client alone waits for nobody, and many go nearly as fast as batches do. The others sleep
until they have their answer, or until it is their turn to run the next batch.
"""

import itertools
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import grpc
import numpy as np

from serving.batching_parameters import BatchingParameters
from serving.errors import ServingError, invalid
from serving.model import Model, Signature, Tensors


@dataclass(eq=False)
class _Task:
    """A request of some rows, and what came of it."""

    inputs: Tensors
    rows: int
    since: float = field(default_factory=time.monotonic)
    woken: threading.Event = field(default_factory=threading.Event)
    """Set when there is an answer, or when it is to run the next batch itself."""
    answer: Tensors | Exception | None = None


class Batcher:
    """Runs signatures of a model, in batches where requests allow it."""

    def __init__(self, parameters: BatchingParameters):
        self._parameters = parameters
        self._queues: WeakKeyDictionary[Model, dict[str, _Queue]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def fits(self, signature: Signature, inputs: Tensors) -> bool:
        """Whether these inputs may go together with others.

        Raises:
            ServingError: if there are more than the parameters allow.
        """
        rows = signature.rows(inputs)
        most = self._parameters.max_batch_size
        if rows > most:
            raise invalid(f"Task size {rows} is larger than maximum input batch size {most}")
        return 0 < rows < self._parameters.batch_size

    def run(
        self, model: Model, signature: Signature, inputs: Tensors, *, deadline: float
    ) -> Tensors:
        """What the model answers to these inputs, whatever they are answered together with.

        Args:
            model: stays loaded meanwhile.
            signature: one of it.
            inputs: fit into a batch.
            deadline: of `time.monotonic`, until which to wait for a turn.

        Raises:
            ServingError: if the model refuses these inputs, too many wait, or no turn came in time.
        """
        with self._lock:
            queues = self._queues.setdefault(model, {})
            queue = queues.setdefault(signature.name, _Queue(self._parameters))
        task = _Task(inputs, signature.rows(inputs))
        return queue.run(model, signature, task, deadline=deadline)


class _Queue:
    """Requests that may go together, in the order in which they came."""

    def __init__(self, parameters: BatchingParameters):
        self._parameters = parameters
        self._waiting: deque[_Task] = deque()
        self._runners = 0
        self._grew = threading.Condition()

    def run(self, model: Model, signature: Signature, task: _Task, *, deadline: float) -> Tensors:
        with self._grew:
            self._enqueue(task)
        if not task.woken.wait(max(0.0, deadline - time.monotonic())):
            self._give_up(task)
        if task.answer is None:
            self._run_batch(model, signature, task)
        assert task.answer is not None
        if isinstance(task.answer, Exception):
            raise task.answer
        return task.answer

    def _enqueue(self, task: _Task) -> None:
        limit = self._parameters.max_enqueued_batches * self._parameters.batch_size
        if sum(waiting.rows for waiting in self._waiting) + task.rows > limit:
            raise ServingError(
                grpc.StatusCode.UNAVAILABLE,
                f"{limit} pictures wait for the model already; try again",
            )
        self._waiting.append(task)
        if self._runners < self._parameters.num_batch_threads:
            self._runners += 1
            self._waiting.popleft().woken.set()
        self._grew.notify_all()

    def _give_up(self, task: _Task) -> None:
        """Leaves the queue, unless the request is in a batch already: then it is answered soon."""
        with self._grew:
            if task in self._waiting:
                self._waiting.remove(task)
                raise ServingError(
                    grpc.StatusCode.DEADLINE_EXCEEDED, "the request waited for too long; try again"
                )
        task.woken.wait()

    def _run_batch(self, model: Model, signature: Signature, first: _Task) -> None:
        batch = [first]
        try:
            batch += self._company(first)
            answers: Sequence[Tensors | Exception] = self._answers(model, signature, batch)
        except BaseException as error:
            answers = [RuntimeError(f"the batch failed: {error}")] * len(batch)
            raise
        finally:
            for task, answer in zip(batch, answers, strict=True):
                task.answer = answer
            with self._grew:
                if self._waiting:
                    self._waiting.popleft().woken.set()
                else:
                    self._runners -= 1
            for task in batch[1:]:
                task.woken.set()

    def _company(self, first: _Task) -> list[_Task]:
        """Those that go with the first one, which waits for them as long as the parameters say."""
        room = self._parameters.batch_size - first.rows
        with self._grew:
            until = first.since + self._parameters.batch_timeout_micros / 1e6
            self._grew.wait_for(
                lambda: sum(task.rows for task in self._waiting) >= room,
                max(0.0, until - time.monotonic()),
            )
            company = []
            while self._waiting and self._waiting[0].rows <= room:
                room -= self._waiting[0].rows
                company.append(self._waiting.popleft())
            return company

    def _answers(
        self, model: Model, signature: Signature, batch: list[_Task]
    ) -> list[Tensors | Exception]:
        """An answer for each; where the model refuses the batch, each is asked alone."""
        rows = [task.rows for task in batch]
        try:
            outputs = model.predict(signature, self._joined(batch))
        except Exception as error:
            if len(batch) == 1:
                return [error]
            return [self._answers(model, signature, [task])[0] for task in batch]
        ends = list(itertools.accumulate(rows))
        return [
            {name: array[end - count : end] for name, array in outputs.items()}
            for count, end in zip(rows, ends, strict=True)
        ]

    def _joined(self, batch: list[_Task]) -> Tensors:
        """The inputs of all, padded with the first row up to a size that is allowed."""
        rows = sum(task.rows for task in batch)
        padding = next((s for s in self._parameters.allowed_batch_sizes if s >= rows), rows) - rows
        if len(batch) == 1 and not padding:
            return batch[0].inputs
        return {
            name: np.concatenate([*(task.inputs[name] for task in batch), *[array[:1]] * padding])
            for name, array in batch[0].inputs.items()
        }
