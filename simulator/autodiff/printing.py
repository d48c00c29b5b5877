"""A graph as text: arithmetic with names, DOT for drawing, a dictionary for other programs."""

from __future__ import annotations

import html
from collections import Counter
from typing import Any

from simulator.autodiff.node import Node
from simulator.autodiff.topology import Wiring


def to_text(graph: Wiring, limit: int = 200) -> str:
    """One line per operation, like arithmetic; named quantities by their names.

    >>> import numpy as np
    >>> from simulator.autodiff import trace
    >>> print(to_text(trace(lambda x: np.exp(x[0]) * x[1], 2, names=["heat", "time"])))
    graph of 2 inputs, 2 operations, 1 output
      heat, time = inputs
      v1 = exp(heat)
      v2 = v1 * time
      return v2
    """
    labels = _labels(graph)
    lines = [
        f"graph of {_count(len(graph.inputs), 'input')}, {_count(len(graph.operations), 'operation')}, "
        f"{_count(len(graph.outputs), 'output')}",
        f"  {', '.join(labels[node.serial] for node in graph.inputs)} = inputs",
    ]
    shown = graph.operations if len(graph.operations) <= limit else graph.operations[: limit // 2]
    lines += [f"  {labels[node.serial]} = {expression(node, labels)}" for node in shown]
    if len(graph.operations) > limit:
        rest = graph.operations[-(limit // 2) :]
        lines.append(f"  … {len(graph.operations) - 2 * (limit // 2)} more operations …")
        lines += [f"  {labels[node.serial]} = {expression(node, labels)}" for node in rest]
    lines.append(f"  return {', '.join(labels[node.serial] for node in graph.outputs)}")
    return "\n".join(lines)


def expression(node: Node, labels: dict[int, str]) -> str:
    """The operation of one node on its operands' labels."""
    assert node.primitive is not None
    return node.primitive.text.format(*[labels[parent.serial] for parent in node.parents])


def to_dict(graph: Wiring) -> dict[str, Any]:
    """The graph as plain lists and strings, ready for JSON.

    Each node has ``id`` (its place in the order), ``operation``, ``parents``, ``names``, ``value`` (of
    constants; infinities and NaN as strings) and ``line``.
    """
    place = {node.serial: i for i, node in enumerate(graph.nodes)}
    roots = {node.serial for node in graph.inputs}
    return {
        "inputs": [place[node.serial] for node in graph.inputs],
        "outputs": [place[node.serial] for node in graph.outputs],
        "shape": list(graph.shape),
        "nodes": [
            {
                "id": place[node.serial],
                "operation": _kind(node, roots),
                "parents": [] if node.serial in roots else [place[p.serial] for p in node.parents],
                "names": list(graph.names.get(node.serial, ())),
                "value": _json_number(node.value) if node.is_constant else None,
                "line": str(node.origin),
            }
            for node in graph.nodes
        ],
    }


def to_dot(graph: Wiring) -> str:
    """The graph in Graphviz's DOT language, inputs at the top."""
    labels = _labels(graph)
    roots = {node.serial for node in graph.inputs}
    lines = ["digraph {", "  node [shape=box, fontname=sans];"]
    for node in graph.nodes:
        label = labels[node.serial]
        if node.serial not in roots and node.primitive is not None:
            label = f"{label} = {expression(node, labels)}"
        lines.append(f'  n{node.serial} [label="{_escape(label)}"];')
        if node.serial not in roots:
            lines += [f"  n{parent.serial} -> n{node.serial};" for parent in node.parents]
    return "\n".join([*lines, "}"])


def to_html(graph: Wiring) -> str:
    """What a notebook shows."""
    counts = Counter(n.primitive.name for n in graph.operations if n.primitive)
    parts = ", ".join(f"{count} × {name}" for name, count in counts.most_common())
    text = html.escape(to_text(graph))
    return f"<details><summary>{html.escape(parts)}</summary><pre>{text}</pre></details>"


def _labels(graph: Wiring) -> dict[int, str]:
    labels: dict[int, str] = {}
    roots = {node.serial: i for i, node in enumerate(graph.inputs)}
    number = 0
    for node in graph.nodes:
        if node.is_constant:
            labels[node.serial] = (
                f"{node.value:.6g}" if not isinstance(node.value, bool) else str(node.value)
            )
        elif node.serial in roots:
            labels[node.serial] = graph.name(node) or f"x{roots[node.serial]}"
        elif node.primitive is not None and node.primitive.name == "identity":
            labels[node.serial] = labels[node.parents[0].serial]
        else:
            number += 1
            labels[node.serial] = graph.name(node) or f"v{number}"
    return labels


def _kind(node: Node, roots: set[int]) -> str:
    if node.is_constant:
        return "constant"
    return "input" if node.serial in roots or node.primitive is None else node.primitive.name


def _json_number(value: Any) -> Any:
    finite = isinstance(value, bool) or value - value == 0.0
    return value if finite else str(value)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
