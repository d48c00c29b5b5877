"""Proofs of references: how far below the least value that was found the true minimum may lie at most."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import numpy as np

from simulator.autodiff.bounds import NoBounds
from simulator.certify import Budget, Certificate, Plan, find, prove
from simulator.compare.references import Reference
from simulator.errors import ResultsError
from simulator.experiment.problem import Problem

WITHIN = 1e-9
"""What is tried to be proved: a tenth of the finest target, so that no target is in doubt."""
ROUNDING = 1e-12
"""A value that is lower by less is the same optimum to another last digit."""
BUDGET = Budget(boxes=10_000_000, seconds=3600.0)
"""Most of four knobs take a hundredth of it, most of six a tenth. It is counted in boxes, so that every
machine proves the same."""


def certified(problem: Problem, found: Reference) -> Reference:
    """The reference with the bracket of a certificate that is there already; unchanged without one."""
    certificate = find(problem)
    return found if certificate is None else bracketed(problem, found, certificate)


def proved(problem: Problem, found: Reference, budget: Budget = BUDGET) -> Reference:
    """The reference with the bracket that a search of its own reaches within a budget.

    A function with an operation that has no bounds, or without bounds over its box, stays unproved.
    """
    try:
        certificate = prove(problem, Plan(WITHIN, budget), point=np.array(found.point))
    except NoBounds:
        return found
    return bracketed(problem, found, certificate)


def bracketed(problem: Problem, found: Reference, certificate: Certificate) -> Reference:
    """The reference in the bracket of a certificate; its point is taken where it is the better one.

    Raises ResultsError if the certificate claims that nothing is as low as the reference is.
    """
    value = float(problem.value_program(certificate.x)[0])
    if value < found.least - ROUNDING:
        found = replace(found, least=value, point=certificate.point)
    if not isfinite(certificate.lower):
        return found
    if certificate.lower > found.least:
        raise ResultsError(
            f"{problem.experiment.name}: a certificate says that nothing lies below {certificate.lower!r}, "
            f"and a search found {found.least!r}: one of them is wrong; check it with certify --verify"
        )
    below = found.least - certificate.lower
    known = found.certified is not None and found.certified <= below
    return found if known else replace(found, certified=below)
