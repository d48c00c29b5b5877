"""Engines that walk the graph anew for every call: micrograd, autograd, PyTorch."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.peer import Function, Peer
from benchmarks.written import spelled


def micrograd(name: str, lines: Sequence[str], size: int) -> Peer:
    """micrograd knows + − · ** only; exponentials are added in its own manner."""
    value_class = importlib.import_module("micrograd.engine").Value

    def added(value: Callable[[float], float], slope: Callable[[float, float], float]) -> Function:
        def operation(x: Any) -> Any:
            if not isinstance(x, value_class):
                return value(x)
            out = value_class(value(x.data), (x,))

            def backward() -> None:
                x.grad += slope(x.data, out.data) * out.grad

            out._backward = backward
            return out

        return operation

    functions = {
        "exp": added(math.exp, lambda x, y: y),
        "expit": added(lambda x: 1.0 / (1.0 + math.exp(-x)), lambda x, y: y * (1.0 - y)),
        "ndtr": added(
            lambda x: 0.5 * math.erfc(-x * math.sqrt(0.5)),
            lambda x, y: math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi),
        ),
    }
    f = spelled(lines, functions)

    def one(x: Any) -> tuple[Any, Any]:
        inputs = [value_class(v) for v in x.tolist()]
        out = f(*inputs)
        out.backward()
        return np.array(out.data), np.array([node.grad for node in inputs])

    return Peer(name, one)


def autograd(name: str, lines: Sequence[str], size: int) -> Peer:
    """HIPS autograd."""
    engine = importlib.import_module("autograd")
    numpy = importlib.import_module("autograd.numpy")
    normal = importlib.import_module("autograd.scipy.stats").norm
    functions = {
        "exp": numpy.exp,
        "expit": lambda x: 1.0 / (1.0 + numpy.exp(-x)),
        "ndtr": normal.cdf,
    }
    f = spelled(lines, functions)
    return Peer(name, engine.value_and_grad(lambda x: f(*[x[i] for i in range(size)])))


def torch(name: str, lines: Sequence[str], size: int) -> Peer:
    """PyTorch in double precision, as one writes it without a compiler."""
    engine = importlib.import_module("torch")
    functions = {
        "exp": engine.exp,
        "expit": engine.special.expit,
        "ndtr": engine.special.ndtr,
    }
    f = spelled(lines, functions)

    def one(x: Any) -> tuple[Any, Any]:
        inputs = engine.tensor(x, requires_grad=True)
        out = f(*inputs.unbind())
        (slope,) = engine.autograd.grad(out, inputs)
        return out.detach().numpy(), slope.numpy()

    return Peer(name, one)
