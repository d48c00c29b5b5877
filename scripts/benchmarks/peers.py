"""Other engines, given the operations that the model's own code does, one by one."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from simulator.autodiff.primitives import TABLE

Function = Callable[..., Any]


@dataclass(frozen=True)
class Peer:
    """An engine ready to run.

    Attributes:
        name: what the table calls it.
        one: value and gradient of one recipe, an array in and arrays out.
        batch: value and gradient of the columns of an array, or None.
        first: from the function to its first gradient, everything compiled afresh; or None.
    """

    name: str
    one: Function
    batch: Function | None = None
    first: Function | None = None


class Written(NDArrayOperatorsMixin):
    """A value that writes down each operation done with it, one line each, as it happens."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name, self.lines = name, lines

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        operands = [x.name if isinstance(x, Written) else repr(float(x)) for x in inputs]
        result = f"v{len(self.lines)}"
        self.lines.append(f" {result} = {TABLE[ufunc.__name__].text.format(*operands)}")
        return Written(result, self.lines)


def written(function: Function, size: int) -> list[str]:
    """A model's operations in the order its code does them, nothing shared and nothing simplified."""
    lines = [f"def f({', '.join(f'x{i}' for i in range(size))}):"]
    result = function([Written(f"x{i}", lines) for i in range(size)])
    return [*lines, f" return {result.name}"]


def spelled(model: list[str], functions: Mapping[str, Any]) -> Function:
    """The written operations as a Python function over an engine's own."""
    scope = dict(functions)
    exec("\n".join(model), scope)
    function: Function = scope["f"]
    return function


def peers(model: Function, size: int) -> tuple[list[Peer], list[str]]:
    """The engines that are installed, and a line about each that is not."""
    found, missing = [], []
    lines = written(model, size)
    for name, make in (("micrograd", micrograd), ("autograd", autograd), ("jax (jitted)", jax)):
        try:
            found.append(make(name, lines))
        except ImportError as error:
            missing.append(f"{name}: skipped, {error.name} is not installed (scripts/setup bench)")
    return found, missing


def micrograd(name: str, model: list[str]) -> Peer:
    """micrograd knows + − · ** only; exponentials are added as its own tanh would be."""
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

    f = spelled(
        model,
        {
            "exp": added(math.exp, lambda x, y: y),
            "expit": added(lambda x: 1.0 / (1.0 + math.exp(-x)), lambda x, y: y * (1.0 - y)),
            "ndtr": added(
                lambda x: 0.5 * math.erfc(-x * math.sqrt(0.5)),
                lambda x, y: math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi),
            ),
        },
    )

    def one(x: Any) -> tuple[Any, Any]:
        inputs = [value_class(v) for v in x.tolist()]
        out = f(*inputs)
        out.backward()
        return np.array(out.data), np.array([node.grad for node in inputs])

    return Peer(name, one)


def autograd(name: str, model: list[str]) -> Peer:
    """HIPS autograd, eager."""
    engine = importlib.import_module("autograd")
    numpy = importlib.import_module("autograd.numpy")
    normal = importlib.import_module("autograd.scipy.stats").norm
    functions = {
        "exp": numpy.exp,
        "expit": lambda x: 1.0 / (1.0 + numpy.exp(-x)),
        "ndtr": normal.cdf,
    }
    f = spelled(model, functions)
    both = engine.value_and_grad(lambda x: f(*[x[i] for i in range(len(x))]))
    return Peer(name, both)


def jax(name: str, model: list[str]) -> Peer:
    """JAX in double precision on the processor, jitted; batches vmapped and jitted."""
    engine = importlib.import_module("jax")
    engine.config.update("jax_enable_x64", True)
    numpy = importlib.import_module("jax.numpy")
    functions = {
        "exp": numpy.exp,
        "expit": engine.nn.sigmoid,
        "ndtr": importlib.import_module("jax.scipy.special").ndtr,
    }
    f = spelled(model, functions)

    def compiled() -> Function:
        return engine.jit(engine.value_and_grad(lambda x: f(*[x[i] for i in range(x.shape[0])])))  # type: ignore[no-any-return]

    single = compiled()
    many = engine.jit(
        engine.vmap(
            engine.value_and_grad(lambda x: f(*[x[i] for i in range(x.shape[0])])),
            in_axes=1,
            out_axes=(0, 1),
        )
    )

    def as_arrays(function: Function) -> Function:
        def run(x: Any) -> tuple[Any, Any]:
            value, slope = function(x)
            return np.asarray(value), np.asarray(slope)

        return run

    return Peer(name, as_arrays(single), as_arrays(many), lambda x: as_arrays(compiled())(x))
