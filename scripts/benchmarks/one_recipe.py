"""Value and gradient of one recipe, called from Python: an array in, arrays out."""

from __future__ import annotations

from benchmarks.bars import Measurement, faster, within
from benchmarks.peer import Peer
from benchmarks.peers import AUTOGRAD, CASADI, JAX, MICROGRAD, TORCH
from benchmarks.rounds import Jobs, interleaved
from benchmarks.subject import POINT, Subject
from simulator.autodiff import compile as compiled
from simulator.autodiff.dialects.program import linearize
from simulator.autodiff.dialects.python_dialect import python_function

C, PYTHON = "C dialect", "Python dialect"


def one_recipe(subject: Subject, others: dict[str, Peer]) -> Measurement:
    """All engines side by side."""
    both = ("value", "gradient")
    jobs: Jobs = {
        C: (subject.ours("c", *both), (POINT,)),
        PYTHON: (subject.ours("python", *both), (POINT,)),
    } | {name: (peer.one, (POINT,)) for name, peer in others.items()}
    timings = interleaved(jobs, subject.rounds)
    what = "value + gradient, one recipe"
    slow = [(MICROGRAD, 100), (AUTOGRAD, 100), (TORCH, 100)]
    bars = [
        faster(f"{what}, C", timings, C, JAX, 5, "µs"),
        faster(f"{what}, Python", timings, PYTHON, JAX, 1, "µs"),
        *[faster(f"{what}, Python", timings, PYTHON, peer, least, "µs") for peer, least in slow],
        faster(f"{what}, C", timings, C, CASADI, None, "µs"),
    ]
    return Measurement(what, "µs", timings, bars)


def wrapper(subject: Subject) -> Measurement:
    """What a call costs beside its arithmetic."""
    line, point = python_function(linearize(subject.graph)), tuple(POINT.tolist())
    nothing = compiled(lambda x: x[0] * 1.5, 4, outputs="value", dialect="c", wait=True)
    jobs: Jobs = {
        "C: call of one multiplication": (nothing, (POINT,)),
        "Python: call of the value": (subject.ours("python", "value"), (POINT,)),
        "Python: its straight line alone": (line, point),
    }
    timings = interleaved(jobs, subject.rounds)
    call, value, straight = timings.values()
    bars = [
        within("wrapper of a call, C", call.spread, 1e-6, "µs", "a call of one multiplication"),
        within(
            "wrapper of a call, Python",
            value.minus(straight),
            1e-6,
            "µs",
            "call less its straight line",
        ),
    ]
    return Measurement("wrapper cost of a call", "µs", timings, bars)
