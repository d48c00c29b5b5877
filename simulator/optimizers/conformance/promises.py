"""The promises of an optimizer, one function each: it yields every breach in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from math import inf, isnan, nan
from typing import Any

import numpy as np

from simulator.optimizers.conformance.trials import BUDGET, Bowl, Hollow, Trial, tried
from simulator.optimizers.method import Method
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.plugins import options_of
from simulator.optimizers.stopping import Stopping, StopReason

BOWLS = {"a bowl": Bowl(), "a bowl whose centre lies outside the box": Bowl((2.6, 0.1))}

# The residual and the value are the same arithmetic as the method's own, so only rounding may differ.
_ROUNDING = 1e-9


def shape(method: Method) -> Iterator[str]:
    """It returns one outcome per start, and says what it is and what it uses."""
    trial = tried(method, Bowl())
    if len(trial.outcomes) != trial.starts.shape[1]:
        yield f"{trial.starts.shape[1]} starts, but {len(trial.outcomes)} outcomes"
    found: list[Any] = list(trial.outcomes)
    for r, outcome in enumerate(found):
        if not isinstance(outcome, Outcome):
            yield f"the outcome of repeat {r} is a {type(outcome).__name__}, not an Outcome"
        elif np.shape(outcome.x) != (trial.box.size,):
            yield f"the answer of repeat {r} has shape {np.shape(outcome.x)}, not ({trial.box.size},)"
    needed = {"value": {"value"}, "gradient": {"value", "gradient"}}.get(method.uses)
    for kind in sorted(
        {kind for kind, _, _ in trial.meter.asked} - (needed or {"value", "gradient", "hessian"})
    ):
        yield f"it says that it uses {method.uses}, but asked for a {kind}"


def bounds(method: Method) -> Iterator[str]:
    """No point outside the box is evaluated, and every answer lies in it."""
    for name, bowl in BOWLS.items():
        trial = tried(method, bowl)
        outside = [x for _, _, x in trial.meter.asked if not trial.box.contains(x)]
        if outside:
            yield f"on {name}: {len(outside)} points outside the box, the first at x = {outside[0]}"
        for r, outcome in enumerate(trial.outcomes):
            if not trial.box.contains(np.asarray(outcome.x)):
                yield f"on {name}: the answer of repeat {r} lies outside the box, at x = {outcome.x}"


def budget(method: Method) -> Iterator[str]:
    """No repeat asks for more values than it is allowed, and it says so where it asked for all."""
    for allowed in (1, 2, 7, 40):
        trial = tried(method, BOWLS["a bowl whose centre lies outside the box"], allowed)
        for r, outcome in enumerate(trial.outcomes):
            asked = trial.meter.count("value", r)
            if asked > allowed:
                yield f"repeat {r} was allowed {allowed} and asked for {asked} evaluations"
            if outcome.status is StopReason.BUDGET and asked < allowed:
                yield f"repeat {r} says its budget is used up after {asked} of {allowed} evaluations"


def counting(method: Method) -> Iterator[str]:
    """The reported counts and the trace are those of the calls really made, to the last one."""
    for noisy in (False, True):
        trial = tried(method, Bowl(), noisy=noisy)
        for r, outcome in enumerate(trial.outcomes):
            yield from _miscounts(trial, r, outcome)


def _miscounts(trial: Trial, r: int, outcome: Outcome) -> Iterator[str]:
    trace = outcome.trace
    ends = {"value": trace.values, "gradient": trace.gradients, "hessian": trace.hessians}
    for kind in ("value", "gradient", "hessian"):
        asked, told = trial.meter.count(kind, r), getattr(outcome.counts, kind)
        if asked != told:
            yield f"repeat {r} asked for {asked} {kind}s and reports {told}"
        traced = int(ends[kind][-1]) if ends[kind].size else 0
        if asked != traced:
            yield f"repeat {r} asked for {asked} {kind}s and its trace tells of {traced}"
    looks = [x for of, x in trial.meter.looks if of == r]
    if len(looks) > 1 or any(not np.array_equal(x, outcome.x) for x in looks):
        yield f"repeat {r} looked {len(looks)} times outside the count, where only its answer may be"


def determinism(method: Method) -> Iterator[str]:
    """The same seeds give the same bits."""
    for name, bowl in BOWLS.items():
        first, again = tried(method, bowl), tried(method, bowl)
        for r, (a, b) in enumerate(zip(first.outcomes, again.outcomes, strict=True)):
            yield from (f"on {name}, repeat {r}: {told}" for told in _differences(a, b))


def company(method: Method) -> Iterator[str]:
    """A repeat ends with the same bits alone, beside others, and in any order."""
    for name, bowl in BOWLS.items():
        together = tried(method, bowl).outcomes
        backwards = tried(method, bowl, columns=(2, 1, 0)).outcomes[::-1]
        for r, outcome in enumerate(together):
            (alone,) = tried(method, bowl, columns=(r,)).outcomes
            yield from (
                f"on {name}, repeat {r} alone: {told}" for told in _differences(outcome, alone)
            )
            yield from (
                f"on {name}, repeat {r} in another order: {told}"
                for told in _differences(outcome, backwards[r])
            )


def _differences(a: Outcome, b: Outcome) -> Iterator[str]:
    if not np.array_equal(a.x, b.x):
        yield f"answers x = {a.x} and x = {b.x}"
    elif a.value != b.value and not (isnan(a.value) and isnan(b.value)):
        yield f"values {a.value!r} and {b.value!r} at the same answer"
    elif a.status is not b.status:
        yield f"ends {a.status.value} and {b.status.value}"
    elif a.counts != b.counts:
        yield f"{a.counts} and {b.counts}"
    elif not np.array_equal(a.trace.x, b.trace.x):
        yield "the same answer by different ways"


def honesty(method: Method) -> Iterator[str]:
    """Value, residual and status are those of the answer; convergence is claimed only where true."""
    for name, bowl in BOWLS.items():
        for allowed in (1, 12, BUDGET):
            trial = tried(method, bowl, allowed)
            for r, outcome in enumerate(trial.outcomes):
                where = f"on {name} with {allowed} evaluations, repeat {r}"
                yield from (f"{where}: {told}" for told in _untruths(trial, outcome))


def _untruths(trial: Trial, outcome: Outcome) -> Iterator[str]:
    x = np.asarray(outcome.x, dtype=float)
    value, residual = trial.value(x), trial.residual(x)
    if not np.isclose(outcome.value, value, rtol=_ROUNDING, atol=_ROUNDING):
        yield f"reports the value {outcome.value:.6g} where it is {value:.6g}"
    told = outcome.gradient_norm
    if not isnan(told) and not np.isclose(told, residual, rtol=_ROUNDING, atol=_ROUNDING):
        yield f"reports the residual {told:.2e} where it is {residual:.2e}"
    if outcome.status.converged:
        if not trial.stopping.tests(outcome.status):
            yield f"claims {outcome.status.value}, a test that is switched off"
        limit = trial.stopping.largest_residual(outcome.status)
        if residual > limit * (1 + _ROUNDING):
            yield f"claims {outcome.status.value} at a residual of {residual:.2e}; at most {limit:.0e} is"


def switched_off(method: Method) -> Iterator[str]:
    """With every tolerance at 0 it claims nothing, and it ends."""
    rule = Stopping(BUDGET, 0.0, 0.0, 0.0)
    for r, outcome in enumerate(tried(method, Bowl(), stopping=rule).outcomes):
        if outcome.status.converged:
            yield f"repeat {r} claims {outcome.status.value} although every test is switched off"


def progress(method: Method) -> Iterator[str]:
    """It finds better points than the ones it starts from."""
    trial = tried(method, Bowl())
    for r, outcome in enumerate(trial.outcomes):
        start = trial.value(trial.box.project(trial.starts[:, r]))
        if not outcome.value < start:
            yield f"repeat {r} starts at the value {start:.4g} and ends at {outcome.value:.4g}"


def trouble(method: Method) -> Iterator[str]:
    """A value that does not exist ends in a sound answer, not in an exception, and stays one repeat's."""
    trial = tried(method, Hollow())
    for r, outcome in enumerate(trial.outcomes):
        x = np.asarray(outcome.x, dtype=float)
        if not trial.box.contains(x):
            yield f"repeat {r} answers outside the box, at x = {x}"
        if outcome.status.converged and isnan(trial.value(x)):
            yield f"repeat {r} claims {outcome.status.value} where the value does not exist"
        if not isnan(outcome.value) and not np.isclose(
            outcome.value, trial.value(x), rtol=_ROUNDING
        ):
            yield f"repeat {r} reports the value {outcome.value:.6g} where it is {trial.value(x):.6g}"
    (alone,) = tried(method, Hollow(), columns=(1,)).outcomes
    yield from (
        f"repeat 1 beside a failing one: {told}" for told in _differences(trial.outcomes[1], alone)
    )


def refusals(method: Method) -> Iterator[str]:
    """What makes no sense is refused with a ValueError before anything is asked."""
    nonsense: dict[str, dict[str, Any]] = {
        "a start that is not finite": {"starts": np.array([[nan, 1.0, 0.5], [1.0, 1.0, 1.0]])},
        "starts of another size": {"starts": np.ones((3, 3))},
        "starts without columns of their own": {"starts": np.ones(2)},
        "too few seeds": {"seeds": []},
    }
    for what, changed in nonsense.items():
        told = _refused(lambda changed=changed: tried(method, Bowl(), **changed))
        if told is not None:
            yield f"{what}: {told}"
    for field in options_of(type(method)):
        value = getattr(method, field.name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        for bad in (nan, inf, "many"):
            told = _refused(lambda f=field.name, b=bad: dataclasses.replace(method, **{f: b}))  # type: ignore[type-var]
            if told is not None:
                yield f"{field.name} = {bad!r}: {told}"


def _refused(attempt: Any) -> str | None:
    """None where a ValueError with a message came, else what came instead."""
    try:
        attempt()
    except ValueError as error:
        return None if str(error).strip() else "refused without a word"
    except Exception as error:  # noqa: BLE001 - any other kind is the finding itself
        return f"{type(error).__name__} instead of ValueError: {error}"
    return "accepted"
