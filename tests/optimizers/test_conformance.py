"""The conformance checks: every method passes them, and each deliberate fault is found by the right one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from simulator.optimizers import (
    METHODS,
    Adam,
    Claim,
    Counts,
    StopReason,
    descend,
    run_each,
)
from simulator.optimizers.conformance import CHECKS, check

STEPS = 60


@pytest.mark.parametrize("name", METHODS)
def test_every_method_keeps_every_promise(name):
    check(METHODS[name]).require()


def test_a_report_says_in_words_what_is_broken():
    report = check(Overspends())
    assert "BROKEN budget" in str(report)
    assert "was allowed 1 and asked for 4 evaluations" in str(report)
    with pytest.raises(AssertionError, match="BROKEN budget"):
        report.require()


def test_single_promises_can_be_asked_about():
    assert [finding.promise for finding in check(Adam, "budget").findings] == ["budget"]
    with pytest.raises(KeyError):
        check(Adam, "politeness")


@dataclass(frozen=True)
class Honest:
    """Normalised gradient steps of falling length: it keeps every promise, and the faulty ones copy it."""

    length: float = 0.5

    family: ClassVar[str] = "test"
    uses: ClassVar[str] = "gradient"

    def __post_init__(self):
        if not (isinstance(self.length, float) and 0 < self.length < 10):
            raise ValueError(f"length must be a number > 0 and < 10, got {self.length!r}")

    def minimize(self, objective, box, starts, stopping, seeds):
        return run_each(self.solve, objective, box, starts, stopping, seeds)

    def solve(self, one):
        x, length = one.start, self.length
        for _ in range(STEPS):
            value, gradient = one.value_and_gradient(x)
            if one.box.residual(x, gradient) <= one.stopping.gradient_tolerance:
                return Claim(x, value, StopReason.CONVERGED_GRADIENT, "flat")
            length *= 0.9
            x = one.box.project(x - length * gradient / (np.abs(gradient).max() + 1e-300))
        return Claim(one.visits.best.x, one.visits.best.value, StopReason.SOLVER_STOPPED, "tired")


def told(change):
    """A minimize that changes every outcome of the honest one."""

    def minimize(self, objective, box, starts, stopping, seeds):
        outcomes = Honest.minimize(self, objective, box, starts, stopping, seeds)
        return [change(outcome) for outcome in outcomes]

    return minimize


class LeavesTheBox(Honest):
    def minimize(self, objective, box, starts, stopping, seeds):
        objective.value(np.full((2, 1), 9.0), np.array([0]))
        tighter = replace(stopping, max_evaluations=max(stopping.max_evaluations - 1, 1))
        return super().minimize(objective, box, starts, tighter, seeds)


class Overspends(Honest):
    def minimize(self, objective, box, starts, stopping, seeds):
        more = replace(stopping, max_evaluations=stopping.max_evaluations + 3)
        return super().minimize(objective, box, starts, more, seeds)


class HidesCalls(Honest):
    minimize = told(
        lambda o: replace(o, counts=Counts(max(o.counts.value - 1, 0), o.counts.gradient, 0))
    )


class AsksBehindTheCounter(Honest):
    def minimize(self, objective, box, starts, stopping, seeds):
        inner = objective._objective
        inner.value_and_gradient(box.project(starts), np.arange(starts.shape[1]))
        return super().minimize(objective, box, starts, stopping, seeds)


class PeeksOutsideTheCount(Honest):
    def minimize(self, objective, box, starts, stopping, seeds):
        for r in range(starts.shape[1]):
            objective.uncharged(box.project(starts)[:, r], r)
        return super().minimize(objective, box, starts, stopping, seeds)


class DrawsFromElsewhere(Honest):
    generator = np.random.default_rng(5)

    def solve(self, one):
        one.value(one.box.project(one.start + 0.1 * self.generator.normal(size=2)))
        return super().solve(one)


@dataclass(frozen=True)
class FollowsTheCrowd(Honest):
    def init(self, x):
        return (0.0,)

    def step(self, state, x, gradient):
        return (state[0] + 1,), x - 0.1 * gradient - 0.05 * gradient.mean(axis=1, keepdims=True)

    def minimize(self, objective, box, starts, stopping, seeds):
        return descend(self, objective, box, starts, stopping, seeds)


class ClaimsTooMuch(Honest):
    minimize = told(lambda o: replace(o, status=StopReason.CONVERGED_GRADIENT))


class ReportsAnotherValue(Honest):
    minimize = told(lambda o: replace(o, value=o.value - 1e-3))


class ReportsAnotherResidual(Honest):
    minimize = told(lambda o: replace(o, gradient_norm=o.gradient_norm / 2))


class ReturnsItsStart(Honest):
    def solve(self, one):
        return Claim(one.start, one.value(one.start), StopReason.SOLVER_STOPPED, "content")


class RaisesOnNaN(Honest):
    def minimize(self, objective, box, starts, stopping, seeds):
        outcomes = super().minimize(objective, box, starts, stopping, seeds)
        if any(outcome.status is StopReason.NONFINITE for outcome in outcomes):
            raise FloatingPointError("not finite")
        return outcomes


@dataclass(frozen=True)
class TakesAnyOption(Honest):
    def __post_init__(self):
        pass


class TakesAnyStart(Honest):
    def minimize(self, objective, box, starts, stopping, seeds):
        starts = np.nan_to_num(starts)
        return super().minimize(objective, box, starts, stopping, seeds)


class ForgetsAStart(Honest):
    def minimize(self, objective, box, starts, stopping, seeds):
        return super().minimize(objective, box, starts, stopping, seeds)[:-1]


class SaysItUsesValues(Honest):
    uses: ClassVar[str] = "value"


class Insists(Honest):
    minimize = told(
        lambda o: (
            replace(o, status=StopReason.CONVERGED_STEP)
            if o.gradient_norm < 1e-3 and not o.status.converged
            else o
        )
    )


class ReturnsPairs(Honest):
    minimize = told(lambda o: (o.x, o.value))


class ReturnsMatrices(Honest):
    minimize = told(lambda o: replace(o, x=o.x[None]))


class AnswersOutside(Honest):
    minimize = told(lambda o: replace(o, x=o.x + 9.0))


class ClaimsInTheDark(Honest):
    minimize = told(lambda o: replace(o, status=StopReason.CONVERGED_VALUE))


def now_and_then(change):
    """A method that changes the honest one's outcomes every other time."""

    class NowAndThen(Honest):
        calls: ClassVar[list[int]] = [0]

        def minimize(self, objective, box, starts, stopping, seeds):
            self.calls[0] += 1
            outcomes = super().minimize(objective, box, starts, stopping, seeds)
            return [change(o) for o in outcomes] if self.calls[0] % 2 else outcomes

    return NowAndThen


def test_the_honest_one_passes():
    check(Honest).require()


@pytest.mark.parametrize(
    ("faulty", "promise"),
    [
        (LeavesTheBox, "bounds"),
        (Overspends, "budget"),
        (HidesCalls, "counting"),
        (AsksBehindTheCounter, "counting"),
        (PeeksOutsideTheCount, "counting"),
        (DrawsFromElsewhere, "determinism"),
        (FollowsTheCrowd, "company"),
        (ClaimsTooMuch, "honesty"),
        (ReportsAnotherValue, "honesty"),
        (ReportsAnotherResidual, "honesty"),
        (ReturnsItsStart, "progress"),
        (RaisesOnNaN, "trouble"),
        (TakesAnyOption, "refusals"),
        (TakesAnyStart, "refusals"),
        (ForgetsAStart, "shape"),
        (SaysItUsesValues, "shape"),
        (Insists, "switched-off"),
    ],
)
def test_a_deliberate_fault_is_found_by_the_check_of_its_promise(faulty, promise):
    assert promise in check(faulty).broken


@pytest.mark.parametrize(
    ("faulty", "promise", "words"),
    [
        (ForgetsAStart, "shape", "3 starts, but 2 outcomes"),
        (ReturnsPairs, "shape", "the outcome of repeat 0 is a tuple, not an Outcome"),
        (ReturnsMatrices, "shape", "the answer of repeat 0 has shape (1, 2), not (2,)"),
        (SaysItUsesValues, "shape", "says that it uses value, but asked for a gradient"),
        (LeavesTheBox, "bounds", "1 points outside the box, the first at x = [9. 9.]"),
        (AnswersOutside, "bounds", "the answer of repeat 0 lies outside the box"),
        (HidesCalls, "counting", "repeat 0 asked for 60 values and reports 59"),
        (PeeksOutsideTheCount, "counting", "looked 1 times outside the count"),
        (ClaimsTooMuch, "honesty", "claims converged-gradient at a residual of"),
        (ReportsAnotherValue, "honesty", "reports the value"),
        (ReportsAnotherResidual, "honesty", "reports the residual"),
        (ClaimsInTheDark, "switched-off", "although every test is switched off"),
        (ReturnsItsStart, "progress", "repeat 0 starts at the value 3.27 and ends at 3.27"),
        (AnswersOutside, "trouble", "repeat 0 answers outside the box"),
        (ClaimsTooMuch, "trouble", "where the value does not exist"),
        (RaisesOnNaN, "trouble", "it raised FloatingPointError: not finite"),
        (TakesAnyOption, "refusals", "length = nan: accepted"),
        (TakesAnyStart, "refusals", "a start that is not finite: accepted"),
    ],
)
def test_a_fault_is_told_in_words(faulty, promise, words):
    (finding,) = check(faulty, promise).findings
    assert any(words in fault for fault in finding.faults), finding.faults


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda o: replace(o, x=o.x + 1e-12), "answers x = "),
        (lambda o: replace(o, value=o.value + 1e-12), "at the same answer"),
        (lambda o: replace(o, status=StopReason.NONFINITE), "ends nonfinite and solver-stopped"),
        (lambda o: replace(o, counts=Counts(o.counts.value + 1, 0, 0)), "value=61"),
        (
            lambda o: replace(o, trace=replace(o.trace, x=o.trace.x + 1e-12)),
            "the same answer by different ways",
        ),
    ],
)
def test_the_least_difference_between_two_runs_of_the_same_seeds_is_told(change, words):
    (finding,) = check(now_and_then(change), "determinism").findings
    assert any(words in fault for fault in finding.faults), finding.faults


@pytest.mark.parametrize(
    ("faulty", "only"),
    [
        (Overspends, {"budget"}),
        (ReportsAnotherResidual, {"honesty"}),
        (FollowsTheCrowd, {"company", "trouble"}),
        (TakesAnyOption, {"refusals"}),
        (SaysItUsesValues, {"shape"}),
    ],
)
def test_a_fault_does_not_disturb_the_other_checks(faulty, only):
    assert set(check(faulty).broken) <= only


def test_the_checks_cover_each_promise_once():
    assert len(CHECKS) == len(set(CHECKS.values()))
    assert all(function.__doc__ for function in CHECKS.values())
