"""The C dialect beside jitted JAX and optax, on the taste model over its unit box.

JAX is given the operations that the model's code does, one by one. All take turns in every round, so that a
busy machine slows all alike; a figure is the median over the rounds. Libraries are compiled afresh.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from engine import interleaved, table
from peers import Peer, peers, spelled, written

from simulator.autodiff import Graph, derivative_graph, trace
from simulator.autodiff import compile as compiled
from simulator.autodiff.c_call import Columns, c_callable, processors
from simulator.autodiff.c_dialect import c_source
from simulator.autodiff.c_library import load_library
from simulator.autodiff.program import linearize
from simulator.autodiff.steps import compile_steps
from simulator.experiment.config import load
from simulator.experiment.problem import Problem
from simulator.optimizers.adaptive import Adam

Function = Callable[..., Any]
Figures = dict[str, float]

RULE = Adam(learning_rate=0.01, beta2=0.999)
X = np.array([0.4, 0.5, 0.3, 0.2])


def joined(graph: Graph, *outputs: Any) -> tuple[Graph, list[tuple[int, ...]]]:
    """One graph of several derivatives, and their shapes."""
    blocks = [derivative_graph(graph, output) for output in outputs]
    nodes = tuple(node for block in blocks for node in block.outputs)
    return Graph(graph.inputs, nodes), [block.shape for block in blocks]


def in_c(graph: Graph, *outputs: Any) -> Function:
    """Compiled C of some derivatives."""
    return c_callable(*joined(graph, *outputs))


def seconds_of(function: Function) -> tuple[Any, float]:
    """What a function returns, and how long it took."""
    start = time.perf_counter()
    result = function()
    return result, time.perf_counter() - start


def one_recipe(graph: Graph, jax: Peer | None, rounds: int) -> Figures:
    """Value and gradient of one recipe, arrays in and out."""
    c, python = in_c(graph, "value", "gradient"), compiled(graph)
    jobs: dict[str, tuple[Function, int]] = {
        "C dialect": (lambda: c(X), 1000),
        "Python dialect": (lambda: python(X), 200),
    }
    if jax:
        np.testing.assert_allclose(c(X)[1], jax.one(X)[1], rtol=1e-9)
        jobs[jax.name] = (lambda: jax.one(X), 200)
    return interleaved(jobs, rounds)


def wrapper(rounds: int) -> Figures:
    """A program of one operation: nothing but the call."""
    nothing = c_callable(trace(lambda x: x * 1.5, 4), [(4,)])

    def empty(x: Any) -> None:
        pass

    jobs = {"call of one operation": (lambda: nothing(X), 1000), "empty": (lambda: empty(X), 1000)}
    return interleaved(jobs, rounds)


def batch(graph: Graph, jax: Peer | None, size: int, rounds: int) -> Figures:
    """Value and gradient of many recipes, seconds each."""
    x = np.random.default_rng(0).uniform(size=(4, size))
    c, numpy = in_c(graph, "value", "gradient"), compiled(graph, dialect="numpy")
    program = linearize(joined(graph, "value", "gradient")[0])
    library = load_library(c_source(program), len(program.instructions))
    single = Columns(library.columns, program, threads=1)
    jobs: dict[str, tuple[Function, int]] = {
        "C dialect": (lambda: c(x), 1),
        "C dialect, one thread": (lambda: single(x), 1),
        "NumPy dialect": (lambda: numpy(x), 1),
    }
    if jax and jax.batch:
        jobs[jax.name] = (lambda: jax.batch(x), 1)
    return {name: t / size for name, t in interleaved(jobs, rounds).items()}


def costs(graph: Graph, rounds: int) -> dict[str, Figures]:
    """Derivatives beside the value: one recipe at a time, and in a batch."""
    functions = {
        "value": in_c(graph, "value"),
        "gradient": in_c(graph, "gradient"),
        "value and gradient": in_c(graph, "value", "gradient"),
        "Hessian": in_c(graph, "hessian"),
    }
    x = np.random.default_rng(0).uniform(size=(4, 1024))
    one = {name: ((lambda f=f: f(X)), 1000) for name, f in functions.items()}
    many = {name: ((lambda f=f: f(x)), 10) for name, f in functions.items()}
    each = {name: t / 1024 for name, t in interleaved(many, rounds).items()}
    return {"one": interleaved(one, rounds), "each of 1,024": each}


def steps(problem: Problem, model: list[str], count: int, rounds: int) -> tuple[Figures, Figures]:
    """Adam from one start: seconds for all steps, and seconds until the first are done."""
    graph, low, high = problem.graph, np.zeros(4), np.ones(4)

    def ours(dialect: Any) -> Function:
        return compile_steps(RULE.init, RULE.step, graph, low, high, dialect)

    first: Figures = {}
    c, first["C dialect"] = seconds_of(lambda: ours("c"))
    python, first["Python dialect"] = seconds_of(lambda: ours("python"))
    jobs: dict[str, tuple[Function, int]] = {
        "C dialect": (lambda: c(X, count), 1),
        "Python dialect": (lambda: python(X, count), 1),
    }
    try:
        optax, first["optax, jitted scan"] = seconds_of(lambda: optax_steps(model, count))
    except ImportError as error:
        print(f"optax: skipped, {error.name} is not installed (scripts/setup bench)")
    else:
        np.testing.assert_allclose(c(X, count).x, optax(X), atol=1e-4)
        jobs["optax, jitted scan"] = (lambda: optax(X), 1)
    return interleaved(jobs, rounds), first


def optax_steps(model: list[str], count: int) -> Function:
    """The same steps by optax in a jitted scan, compiled."""
    jax, numpy = importlib.import_module("jax"), importlib.import_module("jax.numpy")
    optax = importlib.import_module("optax")
    f = spelled(model, jax_functions())
    rule = optax.adam(RULE.learning_rate, RULE.beta1, RULE.beta2, RULE.epsilon)
    both = jax.value_and_grad(lambda x: f(*[x[i] for i in range(4)]))

    def step(carry: Any, _: Any) -> Any:
        x, state = carry
        _, gradient = both(x)
        change, state = rule.update(gradient, state, x)
        return (numpy.clip(optax.apply_updates(x, change), 0.0, 1.0), state), None

    run = jax.jit(lambda x: jax.lax.scan(step, (x, rule.init(x)), None, length=count)[0][0])
    run.lower(X).compile()  # jit compiles again at the first call; that one is counted
    return lambda x: np.asarray(run(x))


def jax_functions() -> dict[str, Any]:
    """The model's functions by JAX."""
    jax, numpy = importlib.import_module("jax"), importlib.import_module("jax.numpy")
    special = importlib.import_module("jax.scipy.special")
    return {"exp": numpy.exp, "expit": jax.nn.sigmoid, "ndtr": special.ndtr}


def growth() -> dict[str, Figures]:
    """Seconds to emit and compile C, and to run it for one recipe, by number of operations."""
    figures: dict[str, Figures] = {"emit and compile": {}, "one recipe": {}}
    for operations in (10**2, 10**3, 10**4, 10**5):
        program_graph = trace(lambda x, n=operations: chain(x, n), 4)
        f, seconds = seconds_of(lambda g=program_graph: c_callable(g, [()]))
        calls = max(1, 10**6 // operations)
        figures["emit and compile"][f"{operations:,}"] = seconds
        figures["one recipe"][f"{operations:,}"] = interleaved({"": (lambda f=f: f(X), calls)}, 5)[
            ""
        ]
    return figures


def chain(x: Any, operations: int) -> Any:
    """A function of about so many operations, none of which can be shared."""
    y = list(x)
    for i in range(operations // 3):
        a, b = y[i % 4], y[(i + 1) % 4]
        y[i % 4] = np.exp(-a) if i % 10 == 0 else 0.9 * a + 0.1 * b
    return y[0] + y[1] + y[2] + y[3]


def main() -> None:
    """Measure, print, and write JSON if asked to."""
    parser = argparse.ArgumentParser(prog="scripts/bench compiled", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=1_000_000, help="recipes in a batch")
    parser.add_argument("--steps", type=int, default=10_000, help="steps of Adam")
    options = parser.parse_args()
    root = Path(__file__).resolve().parents[2]
    problem = Problem(load(root / "configs" / "house-blend.yaml"))
    graph = problem.graph
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        figures = measured(problem, graph, options)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
        print(f"\nwrote {options.json}", file=sys.stderr)


def measured(problem: Problem, graph: Graph, options: argparse.Namespace) -> dict[str, Any]:
    """All figures, printed as they come."""
    model = written(problem.loss, 4)
    others, missing = peers(problem.loss, 4)
    for line in missing:
        print(line)
    jax = next((peer for peer in others if peer.batch), None)
    print(f"the taste model over its box: {graph.cost()}; {processors()} processors")
    _, emit_s = seconds_of(lambda: in_c(graph, "value", "gradient"))
    print(
        f"differentiated, emitted, compiled by the C compiler: {emit_s:.2f} s, kept for next time"
    )
    one = one_recipe(graph, jax, options.rounds)
    table("value and gradient, one recipe", one, "µs", "C dialect")
    call = wrapper(options.rounds)
    table("the call itself", call, "µs", "call of one operation")
    many = batch(graph, jax, options.batch, max(options.rounds // 3, 3))
    table(f"value and gradient, {options.batch:,} recipes, each", many, "ns", "C dialect")
    cost = costs(graph, options.rounds)
    table("C, one recipe, with the call", cost["one"], "µs", "value")
    table("C, 1,024 recipes, each", cost["each of 1,024"], "ns", "value")
    taken, first = steps(problem, model, options.steps, max(options.rounds // 3, 3))
    table(f"{options.steps:,} steps of Adam, one start", taken, "ms", "C dialect")
    table("until its first step: trace, differentiate, compile", first, "ms", "C dialect")
    grown = growth()
    table("growth: operations → emit and compile C", grown["emit and compile"], "ms", "100")
    table("growth: operations → one recipe", grown["one recipe"], "µs", "100")
    return {
        "emit_and_compile_s": emit_s,
        "one_recipe_s": one,
        "call_s": call,
        "batch_size": options.batch,
        "batch_s_per_recipe": many,
        "derivatives_s": cost,
        "steps": options.steps,
        "steps_s": taken,
        "steps_first_s": first,
        "growth_s": grown,
        "skipped": missing,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.platform(),
        "processors": processors(),
    }


if __name__ == "__main__":
    main()
