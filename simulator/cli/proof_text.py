"""What a certificate adds to the verdict of a run: how far from the best possible recipe it can be."""

from __future__ import annotations

from typing import Any

from simulator.certify import Certificate, find
from simulator.experiment.problem import Problem
from simulator.experiment.verdict import Verdict


def proof_of(problem: Problem, verdict: Verdict) -> tuple[Certificate, float] | None:
    """A certificate of the problem, and how much better than the best run a recipe could be at most."""
    certificate = find(problem)
    if certificate is None:
        return None
    best = min(verdict.ours.loss, verdict.reference.loss)
    return certificate, best - certificate.lower


def proof_sentence(problem: Problem, verdict: Verdict, unit: str) -> str | None:
    """A sentence for people, or None where no certificate exists."""
    found = proof_of(problem, verdict)
    if found is None:
        return None
    certificate, gap = found
    digits = decimals(certificate)
    if not problem.is_coffee:
        least = f"{certificate.lower:.{digits}f}"
        return f"proved within {gap:.2g}: no point of the box has a value below {least}."
    most = problem.perfect - certificate.lower
    verb = "scores" if unit == " points" else "contents"
    rest = f"above {most:.{digits}f}" if unit == " points" else f"more than {most:.{digits}f}{unit}"
    return f"proved within {gap:.2g}{unit}: no recipe in the box {verb} {rest}."


def decimals(certificate: Certificate) -> int:
    """How many decimals tell both ends of the bracket apart."""
    width = certificate.upper - certificate.lower
    digits = 6
    while width < 10.0 ** (1 - digits) and digits < 12:
        digits += 1
    return digits


def as_json(problem: Problem, verdict: Verdict) -> dict[str, Any] | None:
    """The same for programs: f* of the loss lies in [lower, upper]."""
    found = proof_of(problem, verdict)
    if found is None:
        return None
    certificate, gap = found
    return {"lower": certificate.lower, "upper": certificate.upper, "best_run_within": gap}
