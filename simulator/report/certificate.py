"""The proof beside the results, if there is one: between which values the best loss of the box lies."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from simulator.certify import find
from simulator.errors import ResultsError
from simulator.experiment.problem import Problem

FILE_NAME = "certificate.json"


@dataclass(frozen=True)
class Bracket:
    """The least loss of the whole box is proved to lie from ``lower`` to ``upper``."""

    lower: float
    upper: float

    @property
    def width(self) -> float:
        """How much is left open, in the unit of the loss."""
        return self.upper - self.lower


def known_bracket(problem: Problem) -> Bracket | None:
    """What the certificates that are known prove of a problem; None where there is none of it."""
    certificate = find(problem)
    return Bracket(certificate.lower, certificate.upper) if certificate else None


def read_bracket(folder: Path, problem: Problem) -> Bracket | None:
    """What the folder's certificate proves of a problem; None without one. It is taken at its word.

    A certificate is a JSON object with ``problem_hash``, ``fingerprint``, ``lower`` and ``upper``. Raises
    ResultsError if it is damaged, or proves something of another problem or another model.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
        bracket = Bracket(float(content["lower"]), float(content["upper"]))
        whose = str(content["problem_hash"]), str(content["fingerprint"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        told = f"{type(error).__name__}: {error}"
        raise ResultsError(
            f"{path}: this is no certificate ({told}); make it again, or take it out of the folder"
        ) from error
    if whose != (problem.hash, problem.fingerprint):
        what = "problem" if whose[0] != problem.hash else "version of the taste model"
        raise ResultsError(
            f"{path}: it is the certificate of another {what}; make it again, or take it out of the folder"
        )
    if not (math.isfinite(bracket.width) and bracket.width >= 0):
        raise ResultsError(f"{path}: from {bracket.lower} to {bracket.upper} is no range")
    return bracket
