"""A repeat ends the same, to the last bit, whoever runs beside it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.optimizers import METHODS, Counted, Stopping, StopReason

STOPPING = Stopping(40)


def fingerprint(outcome):
    """Everything about an outcome but the time it took."""
    trace = outcome.trace
    arrays = [trace.values, trace.gradients, trace.hessians, trace.x, trace.value]
    numbers = [outcome.value, outcome.gradient_norm, *vars(outcome.counts).values()]
    return (
        outcome.x.tobytes(),
        [np.float64(number).tobytes() for number in numbers],
        [array.tobytes() for array in (*arrays, trace.gradient_norm)],
        outcome.status,
        outcome.message,
    )


class Patchy:
    """The objective, undefined to the left of 0.2, so that some repeats end early as nonfinite."""

    def __init__(self, objective):
        self.size = objective.size
        self.objective = objective

    def value(self, x, repeats):
        return np.where(x[0] < 0.2, np.nan, self.objective.value(x, repeats))

    def value_and_gradient(self, x, repeats):
        return self.value(x, repeats), self.objective.value_and_gradient(x, repeats)[1]

    def hessian(self, x, repeats):
        return self.objective.hessian(x, repeats)


STARTS = np.array([[0.9, 0.25, 0.6], [0.1, 0.9, 0.3], [0.3, 0.7, 0.5], [0.4, 0.9, 0.4]])


@pytest.mark.parametrize("name", METHODS)
def test_together_alone_and_in_another_order_give_identical_bits(name, cases, seeds):
    case = cases["bounded quadratic"]
    three = seeds(3)

    def solve(columns):
        return METHODS[name]().minimize(
            Counted(Patchy(case.objective), case.box),
            case.box,
            STARTS[:, columns],
            STOPPING,
            [three[column] for column in columns],
        )

    together = [fingerprint(outcome) for outcome in solve([0, 1, 2])]
    alone = [fingerprint(solve([column])[0]) for column in range(3)]
    order = [2, 0, 1]
    mixed = dict(zip(order, map(fingerprint, solve(order)), strict=True))
    assert alone == together
    assert [mixed[column] for column in range(3)] == together


@pytest.mark.parametrize("name", ["gradient-descent", "nesterov", "adam"])
def test_repeats_leave_the_batch_as_they_end(name, cases, seeds, metered):
    case = cases["bounded quadratic"]
    meter = metered(Patchy(case.objective))
    outcomes = METHODS[name]().minimize(Counted(meter), case.box, STARTS, Stopping(), seeds(3))
    ends = {outcome.status for outcome in outcomes}
    assert ends == {StopReason.NONFINITE, StopReason.CONVERGED_GRADIENT}
    sizes = [len(repeats) for _, repeats, _ in meter.calls]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == sum(outcome.counts.value for outcome in outcomes)


class NoisyStreams:
    """Noise from each repeat's own stream; ``repeats`` index the streams."""

    noisy = True

    def __init__(self, objective, streams):
        self.size = objective.size
        self.objective = objective
        self.draws = [np.random.default_rng(stream) for stream in streams]

    def value(self, x, repeats):
        noise = np.array([self.draws[repeat].normal() for repeat in repeats])
        return self.objective.value(x, repeats) + 0.1 * noise

    def value_and_gradient(self, x, repeats):
        noise = np.array([self.draws[repeat].normal(size=self.size) for repeat in repeats])
        value, gradient = self.objective.value_and_gradient(x, repeats)
        return value + 0.1 * noise[:, 0], gradient + 0.1 * noise.T

    def hessian(self, x, repeats):
        return self.objective.hessian(x, repeats)


@pytest.mark.parametrize("name", METHODS)
def test_a_noisy_repeat_too_is_the_same_alone_and_together(name, cases, seeds):
    case, streams = cases["interior quadratic"], seeds(2)
    stopping = Stopping(30, gradient_tolerance=0, step_tolerance=0, value_tolerance=0)

    def solve(columns):
        chosen = [streams[column] for column in columns]
        objective = Counted(NoisyStreams(case.objective, chosen))
        return METHODS[name]().minimize(objective, case.box, STARTS[:, columns], stopping, chosen)

    together = [fingerprint(outcome) for outcome in solve([0, 1])]
    assert [fingerprint(solve([column])[0]) for column in (0, 1)] == together


@pytest.mark.parametrize("name", METHODS)
def test_a_noisy_repeat_never_claims_to_have_converged(name, cases, seeds):
    case = cases["interior quadratic"]
    stopping = Stopping(30, gradient_tolerance=0, step_tolerance=0, value_tolerance=0)
    objective = Counted(NoisyStreams(case.objective, seeds(1)))
    (outcome,) = METHODS[name]().minimize(objective, case.box, STARTS[:, :1], stopping, seeds(1))
    assert outcome.status in (StopReason.BUDGET, StopReason.SOLVER_STOPPED)
    assert case.box.contains(outcome.x)
    assert outcome.value in outcome.trace.value


@pytest.mark.parametrize("name", ["differential-evolution", "dual-annealing"])
def test_another_seed_gives_another_search(name, cases, seeds):
    case = cases["rosenbrock"]
    two = seeds(2)
    starts = case.starts[:, [0, 0]]
    first, second = METHODS[name]().minimize(
        Counted(case.objective), case.box, starts, Stopping(90), two
    )
    assert not np.array_equal(first.trace.x, second.trace.x)
    again = METHODS[name]().minimize(
        Counted(case.objective), case.box, starts[:, :1], Stopping(90), two[1:]
    )
    assert np.array_equal(again[0].trace.x, second.trace.x)
