"""Tolerances, reasons, and what a claim is worth."""

from __future__ import annotations

import math

import pytest

from simulator.optimizers import Stopping, StopReason
from simulator.optimizers.claims import judged

CLAIMS = [
    StopReason.CONVERGED_GRADIENT,
    StopReason.CONVERGED_STEP,
    StopReason.CONVERGED_VALUE,
]


@pytest.mark.parametrize("reason", StopReason)
def test_every_reason_has_a_sentence(reason):
    assert reason.sentence.endswith(".")
    assert len(reason.sentence) > 20


def test_only_the_claims_count_as_converged():
    assert [reason for reason in StopReason if reason.converged] == CLAIMS


@pytest.mark.parametrize(
    ("option", "bad"),
    [
        ("max_evaluations", 0),
        ("max_evaluations", True),
        ("max_evaluations", 10.5),
        ("max_evaluations", math.inf),
        ("gradient_tolerance", -1e-9),
        ("step_tolerance", math.nan),
        ("value_tolerance", math.inf),
        ("value_tolerance", "1e-9"),
    ],
)
def test_a_bad_option_is_refused_by_name_with_what_was_got(option, bad):
    with pytest.raises(ValueError, match=f"{option} must be .*{bad!r}"):
        Stopping(**{option: bad})


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_stands_only_up_to_its_residual(claim):
    stopping = Stopping(gradient_tolerance=1e-6, step_tolerance=1e-4, value_tolerance=1e-6)
    largest = stopping.largest_residual(claim)
    assert judged(claim, largest, stopping) is claim
    assert judged(claim, 1.001 * largest, stopping) is StopReason.SOLVER_STOPPED


def test_a_value_claim_allows_the_residual_whose_unscaled_step_gains_the_tolerance():
    # On ½x² the residual at x is x and a full step gains ½x².
    residual = Stopping(value_tolerance=1e-6).largest_residual(StopReason.CONVERGED_VALUE)
    assert residual**2 / 2 == pytest.approx(1e-6)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_whose_test_is_switched_off_is_not_believed(claim):
    off = Stopping(gradient_tolerance=0, step_tolerance=0, value_tolerance=0)
    assert not off.tests(claim)
    assert judged(claim, 0.0, off) is StopReason.SOLVER_STOPPED


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_with_an_unknown_residual_is_not_believed(claim):
    assert judged(claim, math.nan, Stopping()) is StopReason.SOLVER_STOPPED


def test_a_solver_that_claims_nothing_but_has_arrived_converged_on_the_gradient():
    assert judged(StopReason.SOLVER_STOPPED, 1e-7, Stopping()) is StopReason.CONVERGED_GRADIENT


@pytest.mark.parametrize("reason", [StopReason.BUDGET, StopReason.NONFINITE])
def test_a_small_residual_does_not_turn_a_forced_end_into_convergence(reason):
    assert judged(reason, 0.0, Stopping()) is reason
