"""Engines that compile a function before they run it: JAX and CasADi."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.peer import Function, Peer
from benchmarks.written import spelled


def jax_function(lines: Sequence[str], size: int) -> Function:
    """The model over JAX's functions in double precision, of one array."""
    engine = importlib.import_module("jax")
    engine.config.update("jax_enable_x64", True)
    # One recipe is done sooner on the calling thread than handed to another; batches do not mind.
    engine.config.update("jax_cpu_enable_async_dispatch", False)
    functions = {
        "exp": importlib.import_module("jax.numpy").exp,
        "expit": engine.nn.sigmoid,
        "ndtr": importlib.import_module("jax.scipy.special").ndtr,
    }
    f = spelled(lines, functions)
    return lambda x: f(*[x[i] for i in range(size)])


def jax(name: str, lines: Sequence[str], size: int) -> Peer:
    """JAX on the processor, jitted; batches vmapped and jitted."""
    engine = importlib.import_module("jax")
    both = engine.value_and_grad(jax_function(lines, size))

    def as_arrays(function: Function) -> Function:
        def run(x: Any) -> tuple[Any, Any]:
            value, slope = function(x)
            return np.asarray(value), np.asarray(slope)

        return run

    def first(x: Any) -> tuple[Any, Any]:
        # A new function, which no cache knows.
        fresh = engine.value_and_grad(jax_function(lines, size))
        value: tuple[Any, Any] = as_arrays(engine.jit(fresh))(x)
        return value

    batch = engine.jit(engine.vmap(both, in_axes=1, out_axes=(0, 1)))
    return Peer(name, as_arrays(engine.jit(both)), as_arrays(batch), first)


def casadi(name: str, lines: Sequence[str], size: int) -> Peer:
    """CasADi's own machine, called through buffers, its fastest door from Python."""
    engine = importlib.import_module("casadi")
    functions = {
        "exp": engine.exp,
        "expit": lambda x: 1.0 / (1.0 + engine.exp(-x)),
        "ndtr": lambda x: 0.5 * (1.0 + engine.erf(math.sqrt(0.5) * x)),
    }
    f = spelled(lines, functions)

    def built() -> Function:
        x = engine.SX.sym("x", size)
        value = f(*[x[i] for i in range(size)])
        both = engine.Function("both", [x], [value, engine.gradient(value, x)])
        given, loss, slope = np.zeros(size), np.zeros(1), np.zeros(size)
        buffer, evaluate = both.buffer()
        buffer.set_arg(0, given.data)
        buffer.set_res(0, loss.data)
        buffer.set_res(1, slope.data)

        def one(x: Any) -> tuple[Any, Any]:
            given[:] = x
            evaluate()
            return loss[0], slope.copy()

        one.__dict__["alive"] = both, buffer  # evaluate() does not keep them alive itself
        return one

    return Peer(name, built(), first=lambda x: built()(x))
