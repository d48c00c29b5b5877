"""When a minimisation ends, and what its end means.

Three tests can claim convergence. All three look at the same residual, the largest entry (in size)
of x − project(x − gradient), see :meth:`Box.residual`, because a small step or a small gain alone
proves nothing: a tiny learning rate or a flat valley shows both.

- *gradient*: the residual is at most ``gradient_tolerance``;
- *step*: for ``WINDOW`` steps in a row no parameter moved by more than ``step_tolerance``, and the
  residual, which is the length of an unscaled gradient step, is no larger either;
- *value*: over the last ``WINDOW`` steps the best value gained no more than ``value_tolerance``, and
  an unscaled gradient step promises no more: on unit curvature it gains residual² / 2.

The step and value claims also stand where the residual meets ``gradient_tolerance``. The solvers of
scipy have their own step and value tests; what they claim is held against the same residual, and a
claim it does not bear out becomes ``SOLVER_STOPPED``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import sqrt
from typing import ClassVar

from simulator.optimizers.options import REFUSE_UNKNOWN, require

WINDOW = 10
"""Steps over which the step and value tests of our own loop must hold without a break."""


class StopReason(Enum):
    """Why a repeat ended.

    >>> StopReason.BUDGET.sentence
    'It used up the evaluations it was allowed.'
    >>> StopReason("converged-gradient").converged
    True
    """

    CONVERGED_GRADIENT = "converged-gradient"
    CONVERGED_STEP = "converged-step"
    CONVERGED_VALUE = "converged-value"
    BUDGET = "budget"
    NONFINITE = "nonfinite"
    SOLVER_STOPPED = "solver-stopped"

    @property
    def sentence(self) -> str:
        """The reason in words, for people."""
        return _SENTENCES[self]

    @property
    def converged(self) -> bool:
        """Whether the end was a claim to have arrived."""
        return self.value.startswith("converged")


_SENTENCES = {
    StopReason.CONVERGED_GRADIENT: (
        "It converged: no direction inside the box leads noticeably downhill any more."
    ),
    StopReason.CONVERGED_STEP: (
        "It converged: the steps became too small to matter, and the gradient agrees."
    ),
    StopReason.CONVERGED_VALUE: (
        "It converged: the value stopped improving, and the gradient agrees."
    ),
    StopReason.BUDGET: "It used up the evaluations it was allowed.",
    StopReason.NONFINITE: (
        "The value or the gradient became infinite or undefined; the last good point is kept."
    ),
    StopReason.SOLVER_STOPPED: (
        "The solver stopped of its own accord, and no gradient bears out that it converged."
    ),
}

_TOLERANCE_OF = {
    StopReason.CONVERGED_GRADIENT: "gradient_tolerance",
    StopReason.CONVERGED_STEP: "step_tolerance",
    StopReason.CONVERGED_VALUE: "value_tolerance",
}


@dataclass(frozen=True)
class Stopping:
    """The budget and the tolerances of one minimisation; the same for every method.

    The defaults suit a smooth objective over a box of unit scale and aim at a value within about
    1e-8 of the best. A tolerance of 0 switches its test off, as noisy objectives need. Raises
    ValueError for a budget that is not from 1 to 1e9, and for a tolerance that is negative or not finite.
    """

    max_evaluations: int = 2000
    """Most value calls per repeat, from 1 to 1e9; a value with its gradient is one. Never exceeded."""
    gradient_tolerance: float = 1e-6
    """Largest residual, in objective units per unit of x, that counts as converged."""
    step_tolerance: float = 1e-9
    """Largest movement of a parameter, in units of x, that counts as standing still."""
    value_tolerance: float = 1e-13
    """Largest gain, in objective units, that counts as no gain."""

    __pydantic_config__: ClassVar = REFUSE_UNKNOWN

    def __post_init__(self) -> None:
        require(self, "max_evaluations", at_least=1, at_most=1_000_000_000)
        if self.max_evaluations != int(self.max_evaluations):
            raise ValueError(f"max_evaluations must be whole, got {self.max_evaluations!r}")
        for name in _TOLERANCE_OF.values():
            require(self, name, at_least=0)

    def tests(self, claim: StopReason) -> bool:
        """Whether the test behind a claim of convergence is switched on."""
        return self._tolerance(claim) > 0

    def largest_residual(self, claim: StopReason) -> float:
        """The residual up to which a claim of convergence is believed.

        >>> Stopping(gradient_tolerance=0, value_tolerance=0.02).largest_residual(
        ...     StopReason.CONVERGED_VALUE
        ... )
        0.2
        """
        tolerance = self._tolerance(claim)
        enough = sqrt(2 * tolerance) if claim is StopReason.CONVERGED_VALUE else tolerance
        return max(self.gradient_tolerance, enough)

    def _tolerance(self, claim: StopReason) -> float:
        tolerance: float = getattr(self, _TOLERANCE_OF[claim])
        return tolerance
