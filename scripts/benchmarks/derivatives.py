"""What derivatives cost: in operations beside a derivation by hand, in time beside the value."""

from __future__ import annotations

from benchmarks.bars import Bar, Measurement, dearer
from benchmarks.counting import COUNTED, operations
from benchmarks.hand_adjoint import forward_sweep, hand_adjoint
from benchmarks.rounds import Jobs, Spread, interleaved
from benchmarks.subject import POINT, Subject

#: Recipes in a batch that fits the processor's cache, so that arithmetic is what takes the time.
CACHED = 1024


def emitted_operations(subject: Subject) -> Bar:
    """Value and gradient, operation by operation, ours and by hand."""
    cost, point = subject.graph.cost(), POINT.tolist()
    by_hand = operations(hand_adjoint(subject.problem, COUNTED), point).total()
    forward = operations(forward_sweep(subject.problem, COUNTED), point).total()
    ratio = cost.with_gradient / by_hand
    ours = f"{cost.forward} + {cost.with_gradient - cost.forward}"
    measured = f"{cost.with_gradient:,} = {ours} : {by_hand} = {forward} + {by_hand - forward}"
    work = "emitted operations, value + gradient"
    return Bar(work, "≤ 1.1× by hand", measured, Spread(ratio, ratio, ratio), most=1.1)


def relative_costs(subject: Subject, dialect: str, batch: bool = False) -> Measurement:
    """Value, value + gradient, and Hessian in one dialect."""
    x = subject.recipes(CACHED) if batch else POINT
    wanted = {
        "value": ("value",),
        "value + gradient": ("value", "gradient"),
        "Hessian": ("hessian",),
    }
    jobs: Jobs = {name: (subject.ours(dialect, *each), (x,)) for name, each in wanted.items()}
    name, rounds = {"python": "Python", "c": "C"}[dialect], subject.rounds
    unit, count = ("ns", CACHED) if batch else ("µs", 1)
    timings = {each: timing.per(count) for each, timing in interleaved(jobs, rounds).items()}
    where = f"{name}, each of {CACHED:,}" if batch else f"{name}, one recipe"
    most = {"python": 20.0, "c": 6.0}[dialect]
    bars = [
        dearer(f"value + gradient ÷ value, {where}", timings, "value + gradient", "value", 3, unit),
        dearer(f"Hessian ÷ value, {where}", timings, "Hessian", "value", most, unit),
    ]
    return Measurement(f"derivatives beside the value, {where}", unit, timings, bars)
