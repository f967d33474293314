"""Runs concurrent requests through the model in shared batches, and splits the results again.

The thread of a request runs the batch itself: as soon as a slot for a batch is free, it takes all
waiting requests along. So a single client never waits for others, and many clients get nearly the
throughput of large batches. The other threads sleep until their result is there or until it is
their turn to run the next batch.
"""

import itertools
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import grpc
import numpy as np

from serving.errors import ServingError, invalid
from serving.model import Model, Signature, Tensors
from serving.options import BatchingParameters


@dataclass(eq=False)
class _Task:
    """The inputs of a request, or of a part of a large one, and its result."""

    inputs: Tensors
    rows: int
    enqueued_at: float = field(default_factory=time.monotonic)
    woken: threading.Event = field(default_factory=threading.Event)
    """Set when the result is there, or when this task's thread is to run the next batch."""
    result: Tensors | Exception | None = None


class Batcher:
    """Runs signatures of models in batches that several requests share."""

    def __init__(self, parameters: BatchingParameters):
        self._parameters = parameters
        self._queues: WeakKeyDictionary[Model, dict[str, _Queue]] = WeakKeyDictionary()
        self._lock = threading.Lock()
        self._parts = ThreadPoolExecutor(parameters.num_batch_threads, "parts")
        """Runs the parts of requests that are larger than a batch."""

    def batches(self, signature: Signature, inputs: Tensors) -> int:
        """How many batches these inputs fill at least; 0 if they cannot be batched.

        Raises ServingError if there are more rows than `max_batch_size`.
        """
        rows = signature.rows(inputs)
        limit = self._parameters.max_batch_size
        if rows > limit:
            raise invalid(f"Task size {rows} is larger than maximum input batch size {limit}")
        return -(-rows // self._parameters.batch_size)

    def run(
        self, model: Model, signature: Signature, inputs: Tensors, *, deadline: float
    ) -> Tensors:
        """The model's outputs for these inputs, whatever else is in their batch.

        They can be batched; more rows than a batch holds are split into parts. The model stays
        loaded meanwhile, and starts at `deadline`, of `time.monotonic`, at the latest.

        Raises ServingError if the model rejects these inputs, the queue is full, or the deadline
        passes.
        """
        with self._lock:
            queues = self._queues.setdefault(model, {})
            queue = queues.setdefault(signature.name, _Queue(self._parameters))

        def run_part(part: Tensors) -> Tensors:
            task = _Task(part, signature.rows(part))
            return queue.run(model, signature, task, deadline=deadline)

        rows, size = signature.rows(inputs), self._parameters.batch_size
        if rows <= size:
            return run_part(inputs)
        parts = [
            {name: array[start : start + size] for name, array in inputs.items()}
            for start in range(0, rows, size)
        ]
        outputs = list(self._parts.map(run_part, parts))
        return {name: np.concatenate([part[name] for part in outputs]) for name in outputs[0]}


class _Queue:
    """Tasks that can share a batch, in order of arrival."""

    def __init__(self, parameters: BatchingParameters):
        self._parameters = parameters
        self._waiting: deque[_Task] = deque()
        self._running_batches = 0
        self._changed = threading.Condition()

    def run(self, model: Model, signature: Signature, task: _Task, *, deadline: float) -> Tensors:
        with self._changed:
            self._enqueue(task)
        if not task.woken.wait(max(0.0, deadline - time.monotonic())):
            self._give_up(task)
        if task.result is None:
            self._run_batch(model, signature, task)
        assert task.result is not None
        if isinstance(task.result, Exception):
            raise task.result
        return task.result

    def _enqueue(self, task: _Task) -> None:
        limit = self._parameters.max_enqueued_batches * self._parameters.batch_size
        if sum(waiting.rows for waiting in self._waiting) + task.rows > limit:
            raise ServingError(
                grpc.StatusCode.UNAVAILABLE,
                f"the batching queue is full: {limit} pictures are waiting; try again",
            )
        self._waiting.append(task)
        if self._running_batches < self._parameters.num_batch_threads:
            self._running_batches += 1
            self._waiting.popleft().woken.set()
        self._changed.notify_all()

    def _give_up(self, task: _Task) -> None:
        """Leaves the queue at the deadline; a task that is in a batch already is finished soon."""
        with self._changed:
            if task in self._waiting:
                self._waiting.remove(task)
                raise ServingError(
                    grpc.StatusCode.DEADLINE_EXCEEDED, "the request waited for too long; try again"
                )
        task.woken.wait()

    def _run_batch(self, model: Model, signature: Signature, first: _Task) -> None:
        batch = [first]
        try:
            batch += self._companions(first)
            results: Sequence[Tensors | Exception] = self._results(model, signature, batch)
        except BaseException as error:
            results = [RuntimeError(f"the batch failed: {error}")] * len(batch)
            raise
        finally:
            for task, result in zip(batch, results, strict=True):
                task.result = result
            with self._changed:
                if self._waiting:
                    self._waiting.popleft().woken.set()
                else:
                    self._running_batches -= 1
            for task in batch[1:]:
                task.woken.set()

    def _companions(self, first: _Task) -> list[_Task]:
        """Removes the rest of the batch from the queue, once it is full or the timeout is over."""
        room = self._parameters.batch_size - first.rows
        with self._changed:
            until = first.enqueued_at + self._parameters.batch_timeout_micros / 1e6
            self._changed.wait_for(
                lambda: sum(task.rows for task in self._waiting) >= room,
                max(0.0, until - time.monotonic()),
            )
            companions = []
            while self._waiting and self._waiting[0].rows <= room:
                room -= self._waiting[0].rows
                companions.append(self._waiting.popleft())
            return companions

    def _results(
        self, model: Model, signature: Signature, batch: list[_Task]
    ) -> list[Tensors | Exception]:
        """A result for each task; if the model rejects the batch, each task is run alone."""
        rows = [task.rows for task in batch]
        try:
            outputs = model.predict(signature, self._joined(batch))
        except Exception as error:
            if len(batch) == 1:
                return [error]
            return [self._results(model, signature, [task])[0] for task in batch]
        ends = list(itertools.accumulate(rows))
        return [
            {name: array[end - count : end] for name, array in outputs.items()}
            for count, end in zip(rows, ends, strict=True)
        ]

    def _joined(self, batch: list[_Task]) -> Tensors:
        """The inputs of all tasks, padded with the first row up to an allowed batch size."""
        rows = sum(task.rows for task in batch)
        padding = next((s for s in self._parameters.allowed_batch_sizes if s >= rows), rows) - rows
        if len(batch) == 1 and not padding:
            return batch[0].inputs
        return {
            name: np.concatenate([*(task.inputs[name] for task in batch), *[array[:1]] * padding])
            for name, array in batch[0].inputs.items()
        }
