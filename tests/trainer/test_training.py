"""The training loop: its step under XLA, where it stops, and what is left of the best epoch."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from tasks.localization.training import TARGETS
from tests.tasks.networks import build
from tests.trainer.training_process import Job, train
from trainer import progress, step_record, training
from trainer.input import Batches
from trainer.non_finite import StopOnNonFinite
from trainer.options import TrainerOptions
from vocabulary.errors import UserError

pytestmark = pytest.mark.slow

TASK = "localization"
HOST_CALLS = {"PyFunc", "EagerPyFunc", "PyFuncStateless", "NumpyFunction", "Print", "PrintV2"}


@pytest.mark.parametrize("kind", ["edge", "lab"])
def test_the_step_compiles_under_xla_with_static_shapes_and_no_host_calls(
    kind: str, configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "compiles_under_xla", lambda: True)
    model = build(TASK, kind, height=40, width=40)
    training.compile_model(model, configure(f"model.kind={kind}").trainer)
    assert model.jit_compile
    pictures = tf.random.stateless_normal([8, 40, 40, 1], [1, 2])
    targets = {"digit": tf.range(8), "box": tf.constant([[0.2, 0.3, 0.5, 0.7]] * 8)}
    data = (pictures, {name: targets[TARGETS[name]] for name in model.output_names})
    step = tf.function(model.train_step, jit_compile=True)
    concrete = step.get_concrete_function(data)
    graphs = [concrete.graph, *map(graph_of, concrete.graph.as_graph_def().library.function)]
    operations = {op.type for op in concrete.graph.get_operations()}
    operations |= {node.op for graph in graphs[1:] for node in graph}
    assert not operations & HOST_CALLS
    dynamic = [
        tensor.name
        for op in concrete.graph.get_operations()
        for tensor in op.outputs
        if tensor.dtype.is_floating and not tensor.shape.is_fully_defined()
    ]
    assert dynamic == []
    before = model.get_weights()[0]
    step(data)  # the warm-up begins with a learning rate of 0
    assert np.isfinite(float(step(data)["loss"]))
    assert not np.array_equal(before, model.get_weights()[0])


def graph_of(function):
    return function.node_def


def test_a_loss_that_is_not_finite_stops_with_step_and_learning_rate(
    new_job: Callable[..., Job],
) -> None:
    # Twice this is beyond the largest float32: the first loss is infinite.
    job = new_job(
        "model.kind=lab",
        "training.schedule=constant",
        "training.learning_rate=2.0e-3",
        "task.box_weight=3.0e+38",
    )
    sentence = (
        r"the loss is not finite at step 1, at a learning rate of about 0\.002; "
        r"lower training\.learning_rate"
    )
    with pytest.raises(UserError, match=sentence):
        train(job)
    assert not job.model.exists()
    assert list(job.checkpoints.glob("*/*.index")) == []


def test_the_host_waits_for_the_device_in_few_steps(
    new_job: Callable[..., Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it reads a number; those of progress, which depend on time, aside."""
    steps, reads = [0], set[int]()
    monkeypatch.setattr(step_record, "POINTS", 2)
    monkeypatch.setattr(progress, "_EVERY_S", 3600.0)
    guard = StopOnNonFinite.on_step_end

    def on_step_end(callback: StopOnNonFinite, step: int, logs: dict[str, Any]) -> None:
        steps.append(step)
        guard(callback, step, logs)

    def noted(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def read_and_note(tensor: Any) -> Any:
            reads.add(steps[-1])
            return read(tensor)

        return read_and_note

    monkeypatch.setattr(StopOnNonFinite, "on_step_end", on_step_end)
    eager = next(kind for kind in type(tf.constant(0.0)).__mro__ if "__float__" in vars(kind))
    for name in ("__float__", "__int__"):
        monkeypatch.setattr(eager, name, noted(getattr(eager, name)))
    train(
        new_job(
            "model.kind=lab",
            "training.batch_size=2",
            "training.epochs=1",
            "training.checkpoint_every=20",
        )
    )
    assert steps[-1] == 48
    points = {24, 48}
    checkpoints = {20, 40}
    assert reads - {0, 1} == {16, 32} | points | checkpoints  # progress reports the first step


def test_the_best_epoch_is_what_is_exported(
    new_job: Callable[..., Job], transform: tft.TFTransformOutput
) -> None:
    job = train(
        new_job(
            "model.kind=lab",
            "training.epochs=12",
            "training.patience=1",
            "training.schedule=constant",
            "training.learning_rate=0.02",
        )
    )
    watched = job.history()["epochs"]["val_loss"]
    assert len(watched) < 12
    assert min(watched) == watched[-2]
    assert evaluate(job, transform) == pytest.approx(min(watched), rel=1e-4)


def evaluate(job: Job, transform: tft.TFTransformOutput) -> float:
    """The loss of an exported network on the examples that the training watched."""
    options = TrainerOptions.model_validate(json.loads(job.options))
    network = keras.models.load_model(job.network, compile=False)
    training.compile_model(network, options)
    batches = Batches(
        [job.examples],
        transform,
        targets={name: TARGETS[name] for name in network.output_names},
        batch_size=options.training.batch_size,
        steps=options.steps_per_epoch,
    )
    return network.evaluate(batches.in_order(), verbose=0, return_dict=True)["loss"]


def test_the_last_epoch_is_what_is_exported_without_patience(
    plain: Job, transform: tft.TFTransformOutput
) -> None:
    watched = plain.history()["epochs"]["val_loss"]
    assert evaluate(plain, transform) == pytest.approx(watched[-1], rel=1e-4)
    assert not list(Path(plain.root).rglob("best*"))
