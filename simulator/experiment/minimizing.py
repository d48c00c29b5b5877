"""Minimise any NumPy-style function from Python, with gradients and Hessians made by the engine.

>>> import numpy as np
>>> found = minimize(lambda x: (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2,
...                  {"a": (-2, 2), "b": (-1, 3)}, "trust-constr")
>>> found.x.round(6).tolist(), found.converged
([1.0, 1.0], True)

The function takes one array of shape (n,), in the order of the bounds and in their units. It runs once,
on traced numbers; what the optimizers call afterwards is straight-line code. A function that the
engine cannot trace is refused with the line that stops it. Give its ``gradient``, or let it be made of
values, each of which is counted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.random import SeedSequence, default_rng
from numpy.typing import ArrayLike, NDArray

from simulator.autodiff import compile as compiled
from simulator.errors import ObjectiveError
from simulator.experiment.function import Function, traced
from simulator.experiment.knobs import Bounds
from simulator.experiment.scaling import point
from simulator.optimizers import Box, Counted, Method, Outcome, Stopping, StopReason, source
from simulator.optimizers.charged import by_differences
from simulator.optimizers.spread import spread_points

Array = NDArray[np.float64]
Limits = Sequence[tuple[float, float]] | Mapping[str, tuple[float, float]]
Gradient = Callable[[Array], ArrayLike] | Literal["finite-differences"] | None

USUAL = "l-bfgs-b"
USUAL_STARTS = 10


@dataclass(frozen=True, eq=False, repr=False)
class Minimum:
    """The best point found, and how every start ended.

    >>> print(minimize(lambda x: (x[0] - 1) ** 2 + (x[1] + 2) ** 2, [(-5, 5), (-5, 5)]))
    value 0 at x0 = 1, x1 = -2
    10 of 10 starts converged, 37 values in all
    It converged: no direction inside the box leads noticeably downhill any more.
    """

    x: Array
    """The best point, of shape (n,), in the units of the bounds."""
    value: float
    """The function there."""
    status: StopReason
    """Why the best start ended; ``status.sentence`` says it in words."""
    names: tuple[str, ...]
    """The names of the parameters, in their order."""
    points: Array
    """Where each start ended, of shape (n, starts)."""
    outcomes: tuple[Outcome, ...]
    """How each start ended, over the unit box: counts, residual, trace."""

    @property
    def converged(self) -> bool:
        """Whether the best start claims to have arrived, and its gradient bears that out."""
        return self.status.converged

    def __repr__(self) -> str:
        """What was found, in three lines; ``outcomes`` holds the whole story."""
        where = ", ".join(f"{name} = {value:.8g}" for name, value in self.settings.items())
        arrived = sum(outcome.status.converged for outcome in self.outcomes)
        return (
            f"value {self.value:.8g} at {where}\n"
            f"{arrived} of {len(self.outcomes)} starts converged, {self.evaluations:,} values in all\n"
            f"{self.status.sentence}"
        )

    @property
    def settings(self) -> dict[str, float]:
        """The best point by name."""
        return dict(zip(self.names, self.x.tolist(), strict=True))

    @property
    def evaluations(self) -> int:
        """Values asked for by all starts together, finite differences included."""
        return sum(outcome.counts.value for outcome in self.outcomes)


def minimize(
    function: Function,
    bounds: Limits,
    optimizer: str | Method = USUAL,
    *,
    starts: int | ArrayLike = USUAL_STARTS,
    seed: int = 0,
    log: Sequence[str | int] = (),
    gradient: Gradient = None,
    stopping: Stopping | None = None,
    **options: Any,
) -> Minimum:
    """Minimise ``function`` over a box from several starts; return the best point.

    Args:
        function: of an array (n,), NumPy arithmetic that returns one number.
        bounds: (low, high) for each parameter, finite; a mapping names them.
        optimizer: a name that ``simulator optimizers`` lists, or a method with its options.
        starts: how many points of a scrambled Sobol sequence to start from, or the points themselves,
            of shape (n, starts), in the units of the bounds.
        seed: the sequence and all random draws follow from it.
        log: parameters (names or positions) whose steps are even in ratios; their bounds are > 0.
        gradient: None for the engine's; else a function of an array (n,) that returns one, or
            "finite-differences" for n + 1 values in place of each gradient.
        stopping: budget and tolerances of each start, over the box scaled to [0, 1].
        options: of the optimizer, such as ``learning_rate=0.1``.

    Raises:
        ObjectiveError: the engine cannot differentiate the function, or it returns several numbers.
        PluginError: the optimizer cannot be used here.
        KeyError: no optimizer has that name.
        ValueError: bounds, starts or options that make no sense.
    """
    names, box = _named(bounds, log)
    method = _method(optimizer, options)
    rule = stopping or Stopping()
    begin = _starts(starts, box, seed)
    seeds = SeedSequence(seed).spawn(begin.shape[1])
    unit = Box.unit(len(box))
    if gradient is None:
        objective: Any = _Differentiated(function, box, names)
        outcomes = method.minimize(Counted(objective, unit), unit, begin, rule, seeds)
    else:
        objective = _Given(function, box, gradient)
        if method.uses == "hessian":
            raise ValueError(
                "this optimizer uses Hessians, which only the engine makes: leave gradient out"
            )
        if gradient == "finite-differences":
            outcomes = by_differences(method, objective, unit, begin, rule, seeds)
        else:
            outcomes = method.minimize(Counted(objective, unit), unit, begin, rule, seeds)
    return _best(outcomes, box, names)


class _Differentiated:
    """The function as an objective over the unit box, compiled by the engine."""

    def __init__(self, function: Function, box: Sequence[Bounds], names: Sequence[str]) -> None:
        self.size = len(box)
        graph = traced(function, box, names, getattr(function, "__name__", "the function"))
        self._value = compiled(graph, outputs=("value",))
        self._both = compiled(graph)
        self._graph = graph
        self._second: Callable[[Any], tuple[Array, ...]] | None = None

    def value(self, x: Array, repeats: Any) -> Array:
        return self._value(x)[0]

    def value_and_gradient(self, x: Array, repeats: Any) -> tuple[Array, Array]:
        value, gradient = self._both(x)
        return value, gradient

    def hessian(self, x: Array, repeats: Any) -> Array:
        # Second derivatives of a long function take a while to compile; most methods never ask.
        self._second = self._second or compiled(self._graph, outputs=("hessian",))
        matrices: Array = self._second(x)[0]
        return matrices


class _Given:
    """A function that is called as it is, one point at a time, with the gradient it comes with."""

    def __init__(self, function: Function, box: Sequence[Bounds], gradient: Any) -> None:
        self.size = len(box)
        self._function, self._gradient, self._box = function, gradient, box

    def value(self, x: Array, repeats: Any) -> Array:
        return np.array([self._one(column) for column in x.T])

    def value_and_gradient(self, x: Array, repeats: Any) -> tuple[Array, Array]:
        slopes = [self._slopes(column) for column in x.T]
        return self.value(x, repeats), np.stack(slopes, axis=1)

    def _one(self, x: Array) -> float:
        value = np.asarray(self._function(_inside(self._box, x)), dtype=float)
        if value.size != 1:
            raise ObjectiveError(
                f"the function returns an array of shape {value.shape}, not one number"
            )
        return float(value.item())

    def _slopes(self, x: Array) -> Array:
        at = _inside(self._box, x)
        slopes = np.asarray(self._gradient(at.copy()), dtype=float)
        if slopes.shape != x.shape:
            raise ObjectiveError(f"the gradient has shape {slopes.shape}, expected {x.shape}")
        return slopes * [
            _stretch(bounds, value) for bounds, value in zip(self._box, at, strict=True)
        ]


def _stretch(bounds: Bounds, value: float) -> float:
    """How fast a value grows with its coordinate."""
    if bounds.scale == "log":
        return value * float(np.log(bounds.high / bounds.low))
    return bounds.high - bounds.low


def _inside(box: Sequence[Bounds], x: Array) -> Array:
    """The point at coordinates (n,) or (n, N), without the rounding that may step over a bound."""
    shape = (-1,) + (1,) * (x.ndim - 1)
    low = np.array([bounds.low for bounds in box]).reshape(shape)
    high = np.array([bounds.high for bounds in box]).reshape(shape)
    inside: Array = np.clip(point(box, x), low, high)
    return inside


def _named(bounds: Limits, log: Sequence[str | int]) -> tuple[tuple[str, ...], tuple[Bounds, ...]]:
    named = (
        bounds if isinstance(bounds, Mapping) else {f"x{i}": pair for i, pair in enumerate(bounds)}
    )
    names = tuple(named)
    ratios = {names[item] if isinstance(item, int) else item for item in log}
    if not named or ratios - set(names):
        strangers = ", ".join(sorted(ratios - set(names)))
        raise ValueError(
            f"log names {strangers}, which has no bounds" if named else "bounds: there are none"
        )
    box = []
    for name, pair in named.items():
        try:
            low, high = pair
        except (TypeError, ValueError):
            raise ValueError(f"bounds of {name} must be (low, high), got {pair!r}") from None
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError(
                f"bounds of {name} must be finite with low < high, got ({low}, {high})"
            )
        if name in ratios and low <= 0:
            raise ValueError(f"bounds of {name}: a log scale cannot reach 0, got low {low}")
        box.append(Bounds(float(low), float(high), "log" if name in ratios else "linear"))
    return names, tuple(box)


def _method(optimizer: str | Method, options: Mapping[str, Any]) -> Method:
    if not isinstance(optimizer, str):
        changed: Method = dataclasses.replace(optimizer, **options)  # type: ignore[type-var]
        return changed
    kind = source(optimizer).load()
    try:
        return kind(**options)
    except TypeError as error:
        known = ", ".join(field.name for field in dataclasses.fields(kind))  # type: ignore[arg-type]
        what = str(error).partition("__init__() ")[2] or str(error)
        raise ValueError(
            f"{optimizer} {what}; its options are {known or 'none'}, another method is optimizer='name'"
        ) from None


def _starts(starts: int | ArrayLike, box: Sequence[Bounds], seed: int) -> Array:
    size = len(box)
    if isinstance(starts, int):
        if starts < 1:
            raise ValueError(f"starts must be 1 or more, got {starts}")
        return spread_points(size, starts, default_rng(SeedSequence(seed)))
    given = np.asarray(starts, dtype=float)
    given = given[:, None] if given.ndim == 1 else given
    if given.shape[0] != size:
        raise ValueError(f"starts must have shape ({size},) or ({size}, starts), got {given.shape}")
    rows = []
    for row, bounds in zip(given, box, strict=True):
        if bounds.scale == "log":
            rows.append(
                np.log(np.maximum(row, bounds.low) / bounds.low) / np.log(bounds.high / bounds.low)
            )
        else:
            rows.append((row - bounds.low) / (bounds.high - bounds.low))
    return np.stack(rows)


def _best(outcomes: Sequence[Outcome], box: Sequence[Bounds], names: tuple[str, ...]) -> Minimum:
    values = [np.inf if np.isnan(outcome.value) else outcome.value for outcome in outcomes]
    best = outcomes[int(np.argmin(values))]
    points = _inside(box, np.stack([outcome.x for outcome in outcomes], axis=1))
    return Minimum(
        x=_inside(box, best.x),
        value=best.value,
        status=best.status,
        names=names,
        points=points,
        outcomes=tuple(outcomes),
    )
