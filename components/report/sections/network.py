"""A drawing of the model: the layers of the exported Keras network from top to bottom."""

import io
import zipfile
from dataclasses import replace
from typing import Any, NamedTuple

import tensorflow as tf

from components.report.figure import BLUE, EMPTY, FAINT, INK, ORANGE, Drawing
from vocabulary.document import Figure, Part, Section, Words
from vocabulary.model_files import NETWORK
from vocabulary.task.find import task_part

_FOLDED = ("BatchNormalization", "Activation", "Dropout", "Identity", "ReLU", "InputLayer")
_ROW = 0.24
_LEFT = 3.4
_COLUMNS = {_LEFT - 0.15: "layer", 8.6: "output", 15.9: "parameters"}


class Block(NamedTuple):
    """A layer, with the layers folded into it; `sources` are the indices of its inputs."""

    title: str
    shape: str
    parameters: int
    sources: tuple[int, ...]


def network(model_folder: str, task: str) -> Section:
    """The drawing; a sentence instead where the export carries no Keras network."""
    path = f"{model_folder}/{NETWORK}"
    part: Part = (
        replace(draw(read_blocks(path, task)), folded="The layers, one by one")
        if tf.io.gfile.exists(path)
        else Words("This export carries no Keras network to draw.")
    )
    return Section("network", "The model", [part])


def read_blocks(path: str, task: str) -> list[Block]:
    """The layers of a `.keras` file, in order; norms and activations join what they follow.

    The network is built from its config alone, since weights are not drawn.
    """
    import keras

    task_part(task, "training")  # registers the layers of its networks
    with tf.io.gfile.GFile(path, "rb") as file:
        config = zipfile.ZipFile(io.BytesIO(file.read())).read("config.json")
    model = keras.models.model_from_json(config)
    blocks: list[Block] = []
    place: dict[str, int] = {}
    for config in model.get_config()["layers"]:
        layer = model.get_layer(config["name"])
        sources = sorted(
            {place[name] for name in _sources(config["inbound_nodes"]) if name in place}
        )
        if config["class_name"] in _FOLDED and len(sources) == 1:
            place[layer.name] = sources[0]
            block = blocks[sources[0]]
            blocks[sources[0]] = block._replace(parameters=block.parameters + layer.count_params())
            continue
        place[layer.name] = len(blocks)
        shape = " + ".join(
            "x".join(str(side) for side in output.shape[1:])
            for output in keras.tree.flatten(layer.output)
        )
        blocks.append(Block(_title(config), shape, layer.count_params(), tuple(sources)))
    return blocks


def _sources(nodes: Any) -> list[str]:
    """The names of the layers that inbound nodes name: Keras 3 writes them as `keras_history`."""
    if isinstance(nodes, dict):
        if "keras_history" in nodes:
            return [nodes["keras_history"][0]]
        return _sources(list(nodes.values()))
    if isinstance(nodes, list | tuple):
        return [name for node in nodes for name in _sources(node)]
    return []


def _title(config: dict[str, Any]) -> str:
    options, kind = config["config"], config["class_name"]
    if "kernel_size" in options:
        stride = f" /{options['strides'][0]}" if options["strides"][0] > 1 else ""
        return f"{kind} {'x'.join(map(str, options['kernel_size']))}{stride}"
    # A network inside the network is one block, which its name tells more of.
    return {"InputLayer": "picture", "Functional": config["name"]}.get(kind, kind)


def draw(blocks: list[Block]) -> Figure:
    """A row for each block; skips run along the side, as arcs."""
    with Drawing("network", 4.8, _ROW * (len(blocks) + 2)) as drawing:
        (axes,) = drawing.axes()
        lanes = _lanes(blocks)
        axes.set(xlim=(0, 16), ylim=(len(blocks) - 0.4, -1.6))
        axes.set_axis_off()
        for x, title in _COLUMNS.items():
            side = "right" if title == "parameters" else "left"
            axes.text(x, -1.2, title, va="center", ha=side, fontsize=8.5, color=FAINT)
        for row, block in enumerate(blocks):
            for source in block.sources:
                _connect(axes, source, row, lanes.get((source, row)))
            axes.text(
                _LEFT, row, block.title, va="center", fontsize=8.5,
                bbox={
                    "boxstyle": "round,pad=0.25", "facecolor": EMPTY,
                    "edgecolor": BLUE if block.parameters else FAINT,
                },
            )  # fmt: skip
            axes.text(8.6, row, block.shape, va="center", fontsize=8.5, color=INK)
            count = f"{block.parameters:,}" if block.parameters else ""
            axes.text(15.9, row, count, va="center", ha="right", fontsize=8.5, color=INK)
        total = sum(block.parameters for block in blocks)
        heaviest = max(blocks, key=lambda block: block.parameters)
        share = heaviest.parameters / max(total, 1)
        return drawing.finish(
            "The blocks of the network from input to output, with the shape of their output "
            "(height x width x channels) and their parameters; each includes the normalization "
            "and the activation that follow it. Arrows on the left are skip connections. "
            f"{total:,} parameters in {len(blocks)} blocks, {share:.0%} of them in "
            f"{heaviest.title} with output {heaviest.shape}.",
            wide=True,
        )


def _lanes(blocks: list[Block]) -> dict[tuple[int, int], float]:
    """Where each skip (from, to) runs down the left: longer ones further out."""
    skips = [(s, row) for row, block in enumerate(blocks) for s in block.sources if row - s > 1]
    skips.sort(key=lambda skip: skip[1] - skip[0])
    step = min(0.4, (_LEFT - 0.6) / max(len(skips), 1))
    return {skip: _LEFT - 0.6 - step * place for place, skip in enumerate(skips)}


def _connect(axes: Any, source: int, row: int, lane: float | None) -> None:
    if lane is None:
        axes.plot([_LEFT + 0.5] * 2, [source, row], color=FAINT, linewidth=1.0, zorder=0)
        return
    edge = _LEFT - 0.15
    axes.plot([edge, lane, lane], [source + 0.12, source + 0.12, row - 0.12], color=ORANGE, lw=1.0)
    axes.annotate(
        "", (edge, row - 0.12), (lane, row - 0.12),
        arrowprops={"arrowstyle": "->", "color": ORANGE, "linewidth": 1.0, "shrinkA": 0},
    )  # fmt: skip
