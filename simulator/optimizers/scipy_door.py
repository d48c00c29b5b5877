"""The other way round: our optimizers as a ``method`` of ``scipy.optimize.minimize``.

>>> from scipy.optimize import minimize, rosen, rosen_der
>>> result = minimize(rosen, [0.5, 1.5], jac=rosen_der, bounds=[(0, 2), (0, 2)],
...                   method=scipy_method("adam"), options={"learning_rate": 0.05, "maxfev": 9000})
>>> result.x.round(2).tolist(), result.nfev == result.njev
([1.0, 1.0], True)

What is asked is counted and nothing else: ``nfev``, ``njev`` and ``nhev`` are the calls that were
really made. Without ``jac`` a gradient is made of n + 1 values, which ``nfev`` shows and ``maxfev``
limits. (A function the engine can differentiate gets its exact gradient from ``simulator.minimize``.)
``success`` is true only where the final gradient bears it out.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import SeedSequence
from scipy import optimize

from simulator.optimizers.box import Array, Box
from simulator.optimizers.charged import Charged, minimize_charged
from simulator.optimizers.method import Method
from simulator.optimizers.objective import Repeats
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.plugins import options_of, source
from simulator.optimizers.stopping import Stopping, StopReason
from simulator.optimizers.visits import RunEnded

STATUS = {
    StopReason.CONVERGED_GRADIENT: 0,
    StopReason.CONVERGED_STEP: 1,
    StopReason.CONVERGED_VALUE: 2,
    StopReason.BUDGET: 3,
    StopReason.NONFINITE: 4,
    StopReason.SOLVER_STOPPED: 5,
}
"""``status`` of a result: 0 to 2 converged, 3 the budget, 4 not finite, 5 stopped on its own accord."""
STOPPED_BY_CALLBACK = 99

_STOPPING = {"maxfev": "max_evaluations", "gtol": "gradient_tolerance", "xtol": "step_tolerance"}
_STOPPING |= {"ftol": "value_tolerance"}

Minimizer = Callable[..., optimize.OptimizeResult]


def scipy_method(method: str | Method | type[Method]) -> Minimizer:
    """``method`` for ``scipy.optimize.minimize``: by its name, its class, or with options already set.

    ``minimize`` must be given finite ``bounds`` for every parameter: these methods work over a box
    and scale their steps by it, and their tolerances hold for the box scaled to [0, 1]. ``tol`` is
    the largest residual that counts as converged. ``options`` are ``maxfev`` (default 2000), ``gtol``,
    ``xtol``, ``ftol``, ``seed``, ``disp``, and those of the method, such as ``learning_rate``.
    ``callback`` hears of every new best point and may raise StopIteration. ``hess`` or ``hessp`` is
    needed by methods that use Hessians; n products make one Hessian.

    Raises ValueError for constraints, bounds that are not finite, unknown options; KeyError for an
    unknown name.
    """
    kind = source(method).load() if isinstance(method, str) else method
    return _Minimizer(kind() if isinstance(kind, type) else kind)


@dataclass(frozen=True)
class _Minimizer:
    method: Method

    def __call__(self, fun: Callable[..., Any], x0: Any, **given: Any) -> optimize.OptimizeResult:
        """Called by ``scipy.optimize.minimize``."""
        calls = {name: given.pop(name, None) for name in ("jac", "hess", "hessp", "callback")}
        args, bounds = tuple(given.pop("args", ())), given.pop("bounds", None)
        if given.pop("constraints", ()):
            raise ValueError("constraints are not supported: these methods know bounds alone")
        seed, disp = given.pop("seed", 0), bool(given.pop("disp", False))
        method, stopping = _configured(self.method, given)
        box = _user_box(bounds, np.size(x0))
        function = _Function(fun, args, box, **calls)
        function.refuse_missing_hessian(method)
        outcome, meter = _minimized(method, function, x0, stopping, SeedSequence(seed))
        result = _result(outcome, meter, function)
        if disp:
            print(result.message)
        return result


class _Function:
    """The user's functions as an objective over the unit box."""

    def __init__(
        self,
        fun: Callable[..., Any],
        args: tuple[Any, ...],
        box: Box,
        *,
        jac: Any,
        hess: Any,
        hessp: Any,
        callback: Any,
    ) -> None:
        self.size = box.size
        self.differences = not callable(jac)
        self.stopped = False
        self._fun, self._jac, self._hess, self._hessp, self._args = fun, jac, hess, hessp, args
        self._box, self._width = box, box.upper - box.lower
        self._tell = _teller(callback)
        self._lowest = np.inf

    def refuse_missing_hessian(self, method: Method) -> None:
        """Raise ValueError if the method needs Hessians and none were given."""
        if method.uses == "hessian" and not (callable(self._hess) or callable(self._hessp)):
            raise ValueError("this method uses Hessians: give hess or hessp as a function")

    def to_user(self, x: Array) -> Array:
        """A point of the unit box, shape (n,), in the user's units, inside the user's bounds."""
        return self._box.project(self._box.lower + x * self._width)

    def to_unit(self, x: Any) -> Array:
        """The inverse."""
        unit: Array = (np.asarray(x, dtype=float).ravel() - self._box.lower) / self._width
        return unit

    def gradient_to_user(self, gradient: Array) -> Array:
        """A gradient over the unit box in the user's units."""
        return gradient / self._width

    def value(self, x: Array, repeats: Repeats) -> Array:
        """The user's values at the columns of x."""
        return np.array([self._value(column) for column in x.T])

    def value_and_gradient(self, x: Array, repeats: Repeats) -> tuple[Array, Array]:
        """The user's values and gradients at the columns of x."""
        values, gradients = [], []
        for column in x.T:
            values.append(self._value(column))
            gradient = self._jac(self.to_user(column), *self._args)
            gradients.append(np.asarray(gradient, dtype=float).reshape(self.size) * self._width)
        return np.array(values), np.stack(gradients, axis=1)

    def hessian(self, x: Array, repeats: Repeats) -> Array:
        """The user's Hessians at the columns of x."""
        scale = np.outer(self._width, self._width)
        matrices = [self._matrix(self.to_user(column)) * scale for column in x.T]
        return np.stack(matrices, axis=2)

    def _matrix(self, x: Array) -> Array:
        if callable(self._hess):
            return np.asarray(self._hess(x, *self._args), dtype=float)
        columns = [self._hessp(x, row, *self._args) for row in np.eye(self.size)]
        return np.stack([np.asarray(column, dtype=float) for column in columns], axis=1)

    def _value(self, column: Array) -> float:
        x = self.to_user(column)
        value = np.asarray(self._fun(x.copy(), *self._args), dtype=float)
        if value.size != 1:
            raise ValueError(f"the function must return one number, got shape {value.shape}")
        number = float(value.item())
        if number < self._lowest:
            self._lowest = number
            self._hear(x, number)
        return number

    def _hear(self, x: Array, value: float) -> None:
        try:
            self._tell(x, value)
        except StopIteration:
            self.stopped = True
        if self.stopped:
            raise RunEnded(StopReason.SOLVER_STOPPED, "the callback raised StopIteration")


def _teller(callback: Any) -> Callable[[Array, float], object]:
    """The callback in either of scipy's two forms."""
    if callback is None:
        return lambda x, value: None
    try:
        names = set(inspect.signature(callback).parameters)
    except (TypeError, ValueError):
        names = set()
    if names == {"intermediate_result"}:
        return lambda x, value: callback(
            intermediate_result=optimize.OptimizeResult(x=x.copy(), fun=value)
        )
    return lambda x, value: callback(x.copy())


def _configured(method: Method, given: Mapping[str, Any]) -> tuple[Method, Stopping]:
    rule, own = {}, {}
    known = [field.name for field in options_of(type(method))]
    if given.get("tol") is not None:
        rule["gradient_tolerance"] = given["tol"]
    for name, value in given.items():
        if name in _STOPPING or name in _STOPPING.values():
            rule[_STOPPING.get(name, name)] = value
        elif name in known:
            own[name] = value
        elif name != "tol":
            listed = ", ".join([*_STOPPING, "seed", "disp", *known])
            raise ValueError(f"no option is called {name}; there are {listed}")
    changed: Method = dataclasses.replace(method, **own)  # type: ignore[type-var]
    return changed, Stopping(**rule)


def _user_box(bounds: Any, size: int) -> Box:
    if bounds is None:
        raise ValueError(
            "bounds are needed: these methods work over a box and scale their steps by it"
        )
    if not isinstance(bounds, optimize.Bounds):
        lower, upper = zip(
            *[(-np.inf if a is None else a, np.inf if b is None else b) for a, b in bounds],
            strict=True,
        )
        bounds = optimize.Bounds(lower, upper)
    lower = np.broadcast_to(np.asarray(bounds.lb, dtype=float), size)
    upper = np.broadcast_to(np.asarray(bounds.ub, dtype=float), size)
    return Box(lower, upper)


def _minimized(
    method: Method, function: _Function, x0: Any, stopping: Stopping, seed: SeedSequence
) -> tuple[Outcome, Charged]:
    box = Box.unit(function.size)
    meter = Charged(function, box, stopping.max_evaluations, differences=function.differences)
    return minimize_charged(method, meter, box, function.to_unit(x0), stopping, seed), meter


def _result(outcome: Outcome, meter: Charged, function: _Function) -> optimize.OptimizeResult:
    counts, best = meter.counts(0), meter.best
    known = best is not None and best.gradient is not None and np.array_equal(best.x, outcome.x)
    result = optimize.OptimizeResult(
        x=function.to_user(outcome.x),
        fun=outcome.value,
        nfev=counts.value,
        njev=counts.gradient,
        nhev=counts.hessian,
        success=outcome.status.converged and not function.stopped,
        status=STOPPED_BY_CALLBACK if function.stopped else STATUS[outcome.status],
        message=f"{outcome.status.sentence} ({outcome.message})",
        optimality=outcome.gradient_norm,
    )
    if known and best is not None and best.gradient is not None:
        result.jac = function.gradient_to_user(best.gradient)
    return result
