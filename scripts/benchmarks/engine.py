"""The engine beside micrograd, autograd and jitted JAX, on the project's own taste model.

All engines do the operations that the model's code does, arrays in and NumPy arrays out, and take turns
in every round, so that a busy machine slows all alike; a figure is the median over the rounds.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from peers import Peer, peers

from simulator import coffee
from simulator.autodiff import Graph, trace
from simulator.autodiff import compile as compiled
from simulator.autodiff.program import linearize
from simulator.autodiff.python_dialect import python_function

Function = Callable[..., Any]

LOW, HIGH = np.array([200.0, 20.0, 0.0, 0.0]), np.array([1400.0, 600.0, 150.0, 20.0])


def loss(x: Any) -> Any:
    """9 − the mean score of the surveyed customers, immersion, medium roast."""
    brew = coffee.Brew.standard(coffee.Method("immersion"))
    cup = coffee.taste(
        coffee.Recipe(*[x[i] for i in range(4)]),
        brew,
        coffee.BEANS["medium"],
        coffee.customers_in("survey"),
    )
    return 9.0 - coffee.mean_score(cup)


def interleaved(jobs: Mapping[str, tuple[Function, int]], rounds: int) -> dict[str, float]:
    """Seconds per call of each job: medians over rounds in which all take turns."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for function, _ in jobs.values():
        function()  # warm-up is not counted
    gc.disable()
    try:
        for _ in range(rounds):
            for name, (function, calls) in jobs.items():
                start = time.perf_counter()
                for _ in range(calls):
                    function()
                times[name].append((time.perf_counter() - start) / calls)
    finally:
        gc.enable()
    return {name: statistics.median(values) for name, values in times.items()}


def one_recipe(graph: Graph, others: list[Peer], rounds: int) -> dict[str, float]:
    """Value and gradient of one recipe."""
    x = LOW + 0.4 * (HIGH - LOW)
    python, numpy = compiled(graph), compiled(graph, dialect="numpy")
    jobs = {"Python dialect": (lambda: python(x), 300), "NumPy dialect": (lambda: numpy(x), 20)}
    for peer in others:
        calls = 200 if peer.batch else 2
        jobs[peer.name] = ((lambda peer=peer: peer.one(x)), calls)
    return interleaved(jobs, rounds)


def batch(graph: Graph, others: list[Peer], size: int, rounds: int) -> dict[str, float]:
    """Value and gradient of many recipes in one call, seconds per recipe."""
    x = LOW[:, None] + np.random.default_rng(0).uniform(size=(4, size)) * (HIGH - LOW)[:, None]
    numpy = compiled(graph, dialect="numpy")
    jobs: dict[str, tuple[Function, int]] = {"NumPy dialect": (lambda: numpy(x), 1)}
    jobs |= {p.name: ((lambda p=p: p.batch(x)), 1) for p in others if p.batch}
    return {name: t / size for name, t in interleaved(jobs, rounds).items()}


def first_gradient(others: list[Peer]) -> dict[str, float]:
    """From the model's function to the first gradient: trace, differentiate, emit or compile."""
    x = LOW + 0.4 * (HIGH - LOW)
    jobs: dict[str, tuple[Function, int]] = {
        "Python dialect": (lambda: compiled(loss, 4)(x), 1),
        "NumPy dialect": (lambda: compiled(loss, 4, dialect="numpy")(x), 1),
    }
    jobs |= {p.name: ((lambda p=p: p.first(x)), 1) for p in others if p.first}
    return interleaved(jobs, 3)


def costs(graph: Graph, rounds: int) -> dict[str, float]:
    """What derivatives cost beside the value, and what a call costs beside its straight line."""
    x = LOW + 0.4 * (HIGH - LOW)
    value = compiled(graph, outputs=("value",))
    both = compiled(graph)
    everything = compiled(graph, outputs=("value", "gradient", "hessian"))
    line = python_function(linearize(Graph(graph.inputs, graph.outputs)))
    point = x.tolist()
    return interleaved(
        {
            "straight line of the value": (lambda: line(*point), 1000),
            "value": (lambda: value(x), 1000),
            "value and gradient": (lambda: both(x), 300),
            "value, gradient and Hessian": (lambda: everything(x), 100),
        },
        rounds,
    )


def check(graph: Graph, others: list[Peer]) -> None:
    """All engines must agree before they are timed."""
    x = LOW + 0.4 * (HIGH - LOW)
    value, slope = compiled(graph)(x)
    for peer in others:
        got, slopes = peer.one(x)
        np.testing.assert_allclose(got, value, rtol=1e-12)
        np.testing.assert_allclose(slopes, slope, rtol=1e-9)


def table(title: str, seconds: Mapping[str, float], unit: str, ours: str) -> None:
    """One measurement with ratios to ours."""
    scale = {"ms": 1e3, "µs": 1e6, "ns": 1e9}[unit]
    print(f"\n{title}")
    for name, t in seconds.items():
        ratio = "" if name == ours else f"  {t / seconds[ours]:8.2f}× {ours}"
        print(f"  {name:32}{t * scale:12,.1f} {unit}{ratio}")


def main() -> None:
    """Measure, print, and write JSON if asked to."""
    parser = argparse.ArgumentParser(prog="scripts/bench engine", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batch", type=int, default=100_000, help="recipes in a batch")
    options = parser.parse_args()
    graph = trace(loss, 4)
    cost = graph.cost()
    others, missing = peers(loss, 4)
    check(graph, others)
    print(f"the taste model, immersion, four segments: {cost}")
    for line in missing:
        print(line)
    one = one_recipe(graph, others, options.rounds)
    table("value and gradient, one recipe", one, "µs", "Python dialect")
    many = batch(graph, others, options.batch, max(options.rounds // 3, 3))
    table(f"value and gradient, {options.batch:,} recipes, each", many, "ns", "NumPy dialect")
    first = first_gradient(others)
    table("from the function to the first gradient", first, "ms", "Python dialect")
    own = costs(graph, options.rounds)
    table("Python dialect, one recipe", own, "µs", "value")
    wrapper = own["value"] - own["straight line of the value"]
    print(f"  a call costs {wrapper * 1e6:.2f} µs beside its straight line")
    if options.json:
        figures = {
            "operations": {
                "value": cost.forward,
                "gradient": cost.with_gradient,
                "hessian": cost.with_hessian,
            },
            "one_recipe_s": one,
            "batch_size": options.batch,
            "batch_s_per_recipe": many,
            "first_gradient_s": first,
            "python_dialect_s": own,
            "skipped": missing,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "machine": platform.platform(),
        }
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
        print(f"\nwrote {options.json}", file=sys.stderr)


if __name__ == "__main__":
    main()
