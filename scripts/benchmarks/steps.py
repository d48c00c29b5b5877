"""Thousands of steps of Adam from one start, as one call: ours in C and Python, optax in a jitted scan."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.bars import Measurement, faster
from benchmarks.compiled_peers import jax_function
from benchmarks.first_gradient import without_cache
from benchmarks.rounds import Jobs, interleaved
from benchmarks.subject import POINT, Subject
from simulator.autodiff import compile_steps, trace
from simulator.optimizers.adaptive import Adam

RULE = Adam(learning_rate=0.01, beta2=0.999)
C, PYTHON, OPTAX = "C dialect", "Python dialect", "optax, jitted scan"

Walk = Callable[[], Any]


def ours(subject: Subject, dialect: Any) -> Walk:
    """All steps in one of our dialects, from the model's function on."""
    graph = trace(subject.problem.loss, 4)
    low, high = np.zeros(4), np.ones(4)
    walk = compile_steps(RULE.init, RULE.step, graph, low, high, dialect, wait=True)
    return lambda: walk(POINT, subject.steps).x


def optax(lines: Sequence[str], steps: int) -> Walk:
    """The same steps by optax.

    Raises:
        ImportError: JAX or optax is not installed.
    """
    jax, library = importlib.import_module("jax"), importlib.import_module("optax")
    both = jax.value_and_grad(jax_function(lines, 4))
    rule = library.adam(RULE.learning_rate, RULE.beta1, RULE.beta2, RULE.epsilon)

    def step(carry: Any, _: Any) -> Any:
        x, state = carry
        change, state = rule.update(both(x)[1], state, x)
        return (jax.numpy.clip(library.apply_updates(x, change), 0.0, 1.0), state), None

    run = jax.jit(lambda x: jax.lax.scan(step, (x, rule.init(x)), None, length=steps)[0][0])
    return lambda: np.asarray(run(POINT))


def many_steps(subject: Subject) -> list[Measurement]:
    """The steps alone, compiled before; and everything from the model's function to the last step."""
    walks: dict[str, Callable[[], Walk]] = {
        C: lambda: ours(subject, "c"),
        PYTHON: lambda: ours(subject, "python"),
    }
    notes = []
    try:
        optax(subject.lines, 1)
    except ImportError as error:
        notes.append(f"{OPTAX}: skipped, {error.name} is not installed (scripts/setup bench)")
    else:
        walks[OPTAX] = lambda: optax(subject.lines, subject.steps)
    compiled = {name: make() for name, make in walks.items()}
    _agree(subject, compiled)
    what = f"{subject.steps:,} Adam steps, one start"
    jobs: Jobs = {name: (walk, ()) for name, walk in compiled.items()}
    running = interleaved(jobs, max(subject.rounds // 3, 3))
    bars = [faster(f"{what}, C", running, C, OPTAX, 3, "ms")]
    return [Measurement(what, "ms", running, bars, notes), _with_compiling(subject, what, walks)]


def _with_compiling(
    subject: Subject, what: str, walks: dict[str, Callable[[], Walk]]
) -> Measurement:
    def afresh(make: Callable[[], Walk]) -> Callable[[], Any]:
        return without_cache(lambda: make()())

    whole = f"{what}, compiling counted"
    jobs: Jobs = {name: (afresh(make), ()) for name, make in walks.items()}
    timings = interleaved(jobs, 3, "wall", warm=False)
    bars = [
        faster(f"{whole}, Python", timings, PYTHON, OPTAX, 1, "ms"),
        faster(f"{whole}, C", timings, C, OPTAX, None, "ms"),
    ]
    return Measurement(whole, "ms", timings, bars)


def _agree(subject: Subject, walks: dict[str, Walk]) -> None:
    """All must have walked to the same loss, and to the same place, before they are timed."""
    expected = walks[PYTHON]()
    for name, walk in walks.items():
        reached = walk()
        loss, least = [float(subject.problem.loss(x)) for x in (reached, expected)]
        np.testing.assert_allclose(loss, least, atol=1e-5, err_msg=name)
        # Adam divides by a vanishing gradient's size at the end, which enlarges last digits, and the
        # valley of equal extraction is nearly flat: places differ by 2e-4 where losses differ by 1e-6.
        np.testing.assert_allclose(reached, expected, atol=1e-3, err_msg=name)
