"""Every raw call counted and recorded, per repeat: the one meter that all methods run through."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from simulator.optimizers.box import Array, Box
from simulator.optimizers.objective import Objective, Repeats
from simulator.optimizers.trace import Call, Tape, Trace

# Rows of the meter (value, gradient, Hessian) that each kind of call advances.
_CHARGED = {
    Call.VALUE: slice(0, 1),
    Call.VALUE_AND_GRADIENT: slice(0, 2),
    Call.HESSIAN: slice(2, 3),
}

_MISSING = (
    "this method needs {0}, and the objective has none: "
    "give it {1}(x, repeats), or take a method that does without, such as {2}"
)


@dataclass(frozen=True)
class Counts:
    """How often one repeat asked for what; a value with its gradient is one of each."""

    value: int
    gradient: int
    hessian: int


class Counted:
    """An objective that counts each raw call per repeat and records it.

    It is an :class:`Objective` itself, so methods call it as they would the bare one. Given the
    ``box`` as well, the trace records the residual instead of the bare gradient's largest entry.
    Use a fresh one for each minimisation; where several methods take turns on one, they share its
    counts and the budget.

    >>> class Bowl:
    ...     size = 2
    ...     def value(self, x, repeats):
    ...         return (x**2).sum(axis=0)
    ...     def value_and_gradient(self, x, repeats):
    ...         return self.value(x, repeats), 2 * x
    >>> counted = Counted(Bowl())
    >>> counted.value(np.array([[3.0], [4.0]]), np.array([0]))
    array([25.])
    >>> value, gradient = counted.value_and_gradient(np.array([[3.0], [4.0]]), np.array([0]))
    >>> counted.counts(0)
    Counts(value=2, gradient=1, hessian=0)
    """

    def __init__(self, objective: Objective, box: Box | None = None) -> None:
        self.size = objective.size
        self.noisy = bool(getattr(objective, "noisy", False))
        self.has_gradient = hasattr(objective, "value_and_gradient")
        self.has_hessian = hasattr(objective, "hessian")
        self.has_residuals = hasattr(objective, "residuals_and_jacobian")
        self._objective = objective
        self._box = box
        self._meter = np.zeros((3, 0), dtype=np.int64)
        self._tape = Tape(objective.size)

    def value(self, x: Array, repeats: Repeats) -> Array:
        """The values at the columns of x; one value call for each."""
        self._charge(Call.VALUE, repeats)
        value = self._objective.value(x, repeats)
        self._tape.append(Call.VALUE, repeats, perf_counter(), x, value, np.nan)
        return value

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """Values and gradients at the columns of x; one value and one gradient call for each.

        Raises ValueError if the objective has no gradient.
        """
        if not self.has_gradient:
            raise ValueError(_MISSING.format("gradients", "value_and_gradient", "nelder-mead"))
        self._charge(Call.VALUE_AND_GRADIENT, repeats)
        value, gradient = self._objective.value_and_gradient(x, repeats)
        norm = self._norm(x, gradient)
        self._tape.append(Call.VALUE_AND_GRADIENT, repeats, perf_counter(), x, value, norm)
        return value, gradient

    def hessian(self, x: Array, repeats: Repeats) -> Array:
        """The matrices of second derivatives at the columns of x; one Hessian call for each.

        Raises ValueError if the objective has no Hessian.
        """
        if not self.has_hessian:
            raise ValueError(_MISSING.format("Hessians", "hessian", "bfgs"))
        self._charge(Call.HESSIAN, repeats)
        hessian = self._objective.hessian(x, repeats)
        self._tape.append(Call.HESSIAN, repeats, perf_counter(), x, np.nan, np.nan)
        return hessian

    def residuals_and_jacobian(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """Residuals and their Jacobians; one value and one gradient call for each column.

        The value ½ Σ r² and its gradient follow from them, and are what the trace keeps.
        """
        self._charge(Call.VALUE_AND_GRADIENT, repeats)
        residuals, jacobian = self._objective.residuals_and_jacobian(x, repeats)  # type: ignore[attr-defined]
        value, gradient = half_squares(residuals, jacobian)
        norm = self._norm(x, gradient)
        self._tape.append(Call.VALUE_AND_GRADIENT, repeats, perf_counter(), x, value, norm)
        return residuals, jacobian

    def counts(self, repeat: int) -> Counts:
        """What the repeat has asked for so far."""
        if repeat >= self._meter.shape[1]:
            return Counts(0, 0, 0)
        return Counts(*map(int, self._meter[:, repeat]))

    def values_spent(self, repeats: Repeats) -> NDArray[np.int64]:
        """The value calls so far of repeats that have made at least one."""
        spent: NDArray[np.int64] = self._meter[0, repeats]
        return spent

    def trace(self, repeat: int, since: float) -> Trace:
        """Every raw call of the repeat, timed from the ``perf_counter`` reading ``since``."""
        return self._tape.trace(repeat, since)

    def uncharged(self, x: Array, repeat: int) -> tuple[float, Array] | None:
        """Value and gradient at one point, of shape (n,), outside the count and the trace.

        This is how a finished result is checked. It is None for a noisy objective, where looking
        would use up the repeat's random stream, and for one that has no gradient.
        """
        if self.noisy or not self.has_gradient:
            return None
        value, gradient = self._objective.value_and_gradient(x[:, None], np.array([repeat]))
        return float(value[0]), gradient[:, 0].copy()

    def _charge(self, call: Call, repeats: Repeats) -> None:
        calls = np.bincount(repeats, minlength=self._meter.shape[1])
        if calls.size > self._meter.shape[1]:
            unseen = calls.size - self._meter.shape[1]
            self._meter = np.pad(self._meter, ((0, 0), (0, unseen)))
        self._meter[_CHARGED[call]] += calls

    def _norm(self, x: Array, gradient: Array) -> Array:
        if self._box is not None:
            return self._box.residual(x, gradient)
        norm: Array = np.abs(gradient).max(axis=0)
        return norm


def half_squares(residuals: Array, jacobian: Array) -> tuple[Array, Array]:
    """½ Σ r² and its gradient Jᵀr, for residuals (m, k) and Jacobians (m, n, k); (k,) and (n, k).

    The sums run over whole columns one after another, so a column's bits depend on itself alone.

    >>> half_squares(np.array([[3.0], [4.0]]), np.array([[[1.0]], [[2.0]]]))
    (array([12.5]), array([[11.]]))
    """
    value = sum((row * row for row in residuals), start=np.zeros(residuals.shape[1])) / 2
    gradient = sum(
        (rows * row for rows, row in zip(jacobian, residuals, strict=True)),
        start=np.zeros(jacobian.shape[1:]),
    )
    return value, gradient
