"""Objectives with known optima, and one that counts the calls it really gets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.random import SeedSequence

from simulator.optimizers import METHODS, Box, Counted, Stopping

# These ask for many values one at a time, so one start must do.
SLOW = {
    "averaged-sgd",
    "steepest-descent",
    "multistart",
    "nelder-mead",
    "powell",
    "cobyqa",
    "differential-evolution",
    "dual-annealing",
    "direct",
}


@dataclass(frozen=True, eq=False)
class Quadratic:
    """½ (x − c)ᵀ A (x − c), each column by itself so that its bits never depend on the others."""

    matrix: np.ndarray
    centre: np.ndarray

    @property
    def size(self):
        return self.centre.size

    def value(self, x, repeats):
        return self.value_and_gradient(x, repeats)[0]

    def value_and_gradient(self, x, repeats):
        away = x - self.centre[:, None]
        columns = self.matrix[:, :, None]
        gradient = sum(columns[:, j] * away[j] for j in range(self.size))
        return sum(away[i] * gradient[i] for i in range(self.size)) / 2, gradient

    def hessian(self, x, repeats):
        return np.repeat(self.matrix[:, :, None], x.shape[1], axis=2)


@dataclass(frozen=True, eq=False)
class Rosenbrock:
    """Rosenbrock's banana on [0, 1]², which stands for [−2, highest]²; curvatures up to 64."""

    highest: float = 2.0
    size = 2

    def coordinates(self, x):
        return (self.highest + 2) * x - 2

    def value(self, x, repeats):
        a, b = self.coordinates(x)
        return (100 * (b - a**2) ** 2 + (1 - a) ** 2) / 250

    def value_and_gradient(self, x, repeats):
        a, b = self.coordinates(x)
        da = -400 * a * (b - a**2) - 2 * (1 - a)
        slope = np.stack([da, 200 * (b - a**2)]) * ((self.highest + 2) / 250)
        return self.value(x, repeats), slope

    def hessian(self, x, repeats):
        a, b = self.coordinates(x)
        cross = -400 * a
        rows = [[1200 * a**2 - 400 * b + 2, cross], [cross, np.full_like(a, 200.0)]]
        return np.array(rows) * ((self.highest + 2) ** 2 / 250)

    def residuals_and_jacobian(self, x, repeats):
        a, b = self.coordinates(x)
        scale = np.sqrt(2 / 250)
        residuals = np.stack([10 * (b - a**2), 1 - a]) * scale
        rows = [[-20 * a, np.full_like(a, 10.0)], [np.full_like(a, -1.0), np.zeros_like(a)]]
        return residuals, np.array(rows) * (scale * (self.highest + 2))


@dataclass(frozen=True, eq=False)
class TwoWells:
    """Wells at x₀ = 0.2 and 0.8 with a saddle between, of curvature −2 across and 4 along it."""

    size = 2

    def value(self, x, repeats):
        across = (x[0] - 0.5) ** 2 - 0.09
        return 100 / 18 * across**2 + 2 * (x[1] - 0.5) ** 2

    def value_and_gradient(self, x, repeats):
        across = (x[0] - 0.5) ** 2 - 0.09
        rows = [400 / 18 * across * (x[0] - 0.5), 4 * (x[1] - 0.5)]
        return self.value(x, repeats), np.stack(rows)

    def hessian(self, x, repeats):
        hessian = np.zeros((2, 2, x.shape[1]))
        hessian[0, 0] = 400 / 18 * (3 * (x[0] - 0.5) ** 2 - 0.09)
        hessian[1, 1] = 4
        return hessian


@dataclass(frozen=True, eq=False)
class FlatValley:
    """A curved valley of four parameters along x₁ = 0.2 + 0.5 x₀²: 30 across, 0.1 along it.

    The third parameter ends at its lower bound, the fourth inside; the minimum is 0.
    """

    size = 4

    def value(self, x, repeats):
        a, b, c, d = x
        across = b - 0.2 - 0.5 * a**2
        return 15 * across**2 + 0.05 * (a - 0.85) ** 2 + c * (1 + c) + 4 * (d - 0.4) ** 2

    def value_and_gradient(self, x, repeats):
        a, b, c, d = x
        across = b - 0.2 - 0.5 * a**2
        rows = [-30 * across * a + 0.1 * (a - 0.85), 30 * across, 1 + 2 * c, 8 * (d - 0.4)]
        return self.value(x, repeats), np.stack(rows)

    def hessian(self, x, repeats):
        a, b, _, _ = x
        hessian = np.zeros((4, 4, x.shape[1]))
        hessian[0, 0] = 30 * a**2 - 30 * (b - 0.2 - 0.5 * a**2) + 0.1
        hessian[0, 1] = hessian[1, 0] = -30 * a
        hessian[1, 1] = 30
        hessian[2, 2] = 2
        hessian[3, 3] = 8
        return hessian


class Meter:
    """Counts the calls an objective really gets, and keeps every point it was asked about."""

    def __init__(self, objective, noisy=False):
        self.size = objective.size
        self.noisy = noisy
        self.objective = objective
        self.calls = []

    def value(self, x, repeats):
        self._note(["value"], x, repeats)
        return self.objective.value(x, repeats)

    def value_and_gradient(self, x, repeats):
        self._note(["value", "gradient"], x, repeats)
        return self.objective.value_and_gradient(x, repeats)

    def hessian(self, x, repeats):
        self._note(["hessian"], x, repeats)
        return self.objective.hessian(x, repeats)

    def _note(self, kinds, x, repeats):
        assert x.shape == (self.size, len(repeats))
        self.calls.append((kinds, repeats.tolist(), x.copy()))

    def count(self, kind, repeat):
        """How often a repeat was asked about for a value, a gradient or a Hessian."""
        return sum(repeats.count(repeat) for kinds, repeats, _ in self.calls if kind in kinds)

    @property
    def points(self):
        """Every point, as the columns of one array."""
        return np.hstack([x for _, _, x in self.calls])


@dataclass(frozen=True, eq=False)
class Case:
    """A problem with its box, its least value, and two starts."""

    objective: object
    minimum: float
    begun: tuple = ()
    """Starts, one after another; drawn if empty."""

    @property
    def box(self):
        return Box.unit(self.objective.size)

    @property
    def starts(self):
        if self.begun:
            return np.array(self.begun).T
        return np.random.default_rng(20).uniform(0.05, 0.95, (self.objective.size, 2))


def _rotated(curvatures, centre):
    size = len(centre)
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(size, size)))[0]
    matrix = turn @ np.diag(curvatures) @ turn.T
    return Quadratic((matrix + matrix.T) / 2, np.array(centre))


def _least_value_on_faces(quadratic):
    """The least value in the unit box, by solving the linear system of every face."""
    size, best = quadratic.size, np.inf
    for face in np.ndindex(*(3,) * size):
        free = [i for i in range(size) if face[i] == 2]
        x = np.where(np.array(face) == 1, 1.0, 0.0)
        if free:
            fixed = [i for i in range(size) if face[i] != 2]
            push = quadratic.matrix[np.ix_(free, fixed)] @ (x - quadratic.centre)[fixed]
            inner = quadratic.matrix[np.ix_(free, free)]
            x[free] = quadratic.centre[free] - np.linalg.solve(inner, push)
        if (x >= 0).all() and (x <= 1).all():
            best = min(best, float(quadratic.value(x[:, None], None)[0]))
    return best


@pytest.fixture(scope="session")
def cases():
    """Name -> case: an interior and a bounded quadratic of condition 300, and two valleys."""
    curvatures = np.geomspace(0.2, 60, 4)
    bounded = _rotated(curvatures, [0.3, 0.6, -0.15, 1.1])
    return {
        "interior quadratic": Case(_rotated(curvatures, [0.3, 0.6, 0.4, 0.7]), 0.0),
        "bounded quadratic": Case(bounded, _least_value_on_faces(bounded)),
        "rosenbrock": Case(Rosenbrock(), 0.0),
        "bounded rosenbrock": Case(Rosenbrock(0.6), 0.16 / 250),
        "flat valley": Case(FlatValley(), 0.0),
        "saddle start": Case(TwoWells(), 0.0, ((0.501, 0.5), (0.499, 0.52))),
    }


@pytest.fixture(scope="session")
def seeds():
    """Number of repeats -> one seed each."""
    return lambda repeats: [SeedSequence(1234, spawn_key=(r,)) for r in range(repeats)]


@pytest.fixture(scope="session")
def solved(cases, seeds):
    """(method, case) -> its outcomes and the meter, solved once with the defaults."""
    done = {}

    def solve(name, case_name):
        if (name, case_name) not in done:
            case = cases[case_name]
            meter = Meter(case.objective)
            starts = case.starts[:, :1] if name in SLOW else case.starts
            outcomes = METHODS[name]().minimize(
                Counted(meter, case.box), case.box, starts, Stopping(), seeds(starts.shape[1])
            )
            done[name, case_name] = outcomes, meter
        return done[name, case_name]

    return solve


@pytest.fixture
def metered():
    """The class that counts real calls."""
    return Meter


@pytest.fixture
def bowl():
    """A steep and a shallow direction, the minimum 0 at (0.3, 0.6)."""
    return Quadratic(np.diag([1.0, 20.0]), np.array([0.3, 0.6]))
