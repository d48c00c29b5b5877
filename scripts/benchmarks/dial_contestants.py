"""The contestants of ``scripts/bench dial``: each is asked for a cup, told what was said, and recommends.

General optimizers see the rating alone over the four knobs scaled to the unit cube, and recommend the cup
that was rated best; BoTorch the one its Gaussian process expects most of. The rule engine hears words alone.
The oracle (``dial_oracle.py``) knows how customers are made: a ceiling, no competitor.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from scipy.stats import qmc

from benchmarks.dial_customers import Case, customer
from benchmarks.dial_oracle import Oracle
from simulator.coffee import SEGMENTS
from simulator.dialin import TRAITS, Cup, Kit, Prior, Session, population
from simulator.dialin.likelihood import Counter

LOW = np.array([300.0, 60.0, 0.0, 0.0])
HIGH = np.array([1400.0, 600.0, 120.0, 14.0])
_REST = (15.0, 240.0, 93.0)
_COUNTERS: dict[str, Any] = {}
_NOISE = next(i for i, trait in enumerate(TRAITS) if trait.name == "log_noise")


class Contestant(Protocol):
    """Ask and tell."""

    def ask(self) -> Any:
        """Settings of the next cup, shape (7,)."""
        ...

    def tell(self, settings: Any, rating: float, words: tuple[str, ...]) -> None:
        """What was said of it."""
        ...

    def recommend(self) -> Any:
        """Settings of the cup it would serve from now on, shape (7,)."""
        ...


def placed(unit: Any) -> Any:
    """Settings at a point of the unit cube: grind and time by ratio, as everyone would scale them."""
    u = np.clip(unit, 0.0, 1.0)
    knobs = np.concatenate([LOW[:2] * (HIGH[:2] / LOW[:2]) ** u[:2], u[2:] * HIGH[2:]])
    return np.array([*knobs, *_REST])


class Ours:
    """The session, as it comes."""

    def __init__(self, case: Case, seed: int) -> None:
        self.session = Session(
            Kit.standard("immersion"), self.prior(case, seed), budget=10, asks_words=case.words
        )
        # One compiled model serves all customers.
        kit = self.session.kit
        if not _COUNTERS:
            _COUNTERS["one"] = Counter(kit.method, kit.bean, "c")
        self.session._counter = _COUNTERS["one"]

    def prior(self, case: Case, seed: int) -> Prior:
        """What is known of a stranger."""
        del case, seed
        return population()

    def ask(self) -> Any:
        seen = self.session.outlook()
        return seen.recipes[:, seen.next]

    def scores(self) -> Any:
        """Scores under the draws of the cup that is asked for, and the draws' noise."""
        seen = self.session.outlook()
        return seen.scores[:, seen.next], np.exp(self.session.posterior().traits[_NOISE])

    def tell(self, settings: Any, rating: float, words: tuple[str, ...]) -> None:
        self.session.add(Cup(tuple(np.asarray(settings).tolist()), rating, words))

    def recommend(self) -> Any:
        seen = self.session.outlook()
        return seen.recipes[:, seen.best]


class OursTold(Ours):
    """The session, told beforehand what a barista asks: black, or with something in it."""

    def prior(self, case: Case, seed: int) -> Prior:
        """What is known of a stranger who says whether it is to be black."""
        black = customer(case, seed).segment.startswith("black")
        return population([name for name in SEGMENTS if name.startswith("black") == black])


class Rules:
    """What a barista's card says: one complaint, one turn; each turn a little smaller than the last."""

    TURNS: Mapping[str, tuple[int, float]] = {
        "too bitter": (0, 0.14), "too sour": (0, -0.14), "too flat": (0, 0.10), "too strong": (0, 0.18),
        "too weak": (0, -0.18), "too heavy": (1, -0.18), "too thin": (1, 0.18), "too sweet": (3, -0.25),
        "not sweet enough": (3, 0.25), "too creamy": (2, -0.22), "not creamy enough": (2, 0.22),
    }  # fmt: skip

    def __init__(self, case: Case, seed: int) -> None:
        del case, seed
        self.here, self.size = np.array([0.71, 0.60, 0.0, 0.0]), 1.0

    def ask(self) -> Any:
        return placed(self.here)

    def tell(self, settings: Any, rating: float, words: tuple[str, ...]) -> None:
        del settings, rating
        for word in words:
            if word in self.TURNS:
                knob, turn = self.TURNS[word]
                self.here[knob] = np.clip(self.here[knob] + self.size * turn, 0.0, 1.0)
                self.size = max(0.3, 0.9 * self.size)

    def recommend(self) -> Any:
        return placed(self.here)


class _RatedBest:
    """Recommends the cup that was rated best, the latest of equals."""

    def __init__(self) -> None:
        self.cups: list[Any] = []
        self.ratings: list[float] = []

    def tell(self, settings: Any, rating: float, words: tuple[str, ...]) -> None:
        del words
        self.cups.append(np.asarray(settings))
        self.ratings.append(rating)

    def recommend(self) -> Any:
        ratings = np.array(self.ratings)
        return self.cups[int(np.flatnonzero(ratings == ratings.max())[-1])]


class Random(_RatedBest):
    """Uniform in the cube."""

    def __init__(self, case: Case, seed: int) -> None:
        super().__init__()
        self.rng = np.random.default_rng((seed, 9))

    def ask(self) -> Any:
        return placed(self.rng.uniform(size=4))


class Sobol(_RatedBest):
    """A scrambled Sobol sequence."""

    def __init__(self, case: Case, seed: int) -> None:
        super().__init__()
        self.points = iter(qmc.Sobol(4, seed=seed).random(64))

    def ask(self) -> Any:
        return placed(next(self.points))


class OptunaTPE(_RatedBest):
    """Optuna's default sampler."""

    def __init__(self, case: Case, seed: int) -> None:
        super().__init__()
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(seed=seed)
        self.study = optuna.create_study(direction="maximize", sampler=sampler)
        self.trial: Any = None

    def ask(self) -> Any:
        self.trial = self.study.ask()
        return placed(np.array([self.trial.suggest_float(k, 0.0, 1.0) for k in "abcd"]))

    def tell(self, settings: Any, rating: float, words: tuple[str, ...]) -> None:
        super().tell(settings, rating, words)
        self.study.tell(self.trial, rating)


class CMAES(_RatedBest):
    """CMA-ES from the middle of the cube, its usual population."""

    def __init__(self, case: Case, seed: int) -> None:
        super().__init__()
        import cma

        options = {"bounds": [0, 1], "seed": seed + 1, "verbose": -9}
        self.strategy = cma.CMAEvolutionStrategy(4 * [0.5], 0.25, options)
        self.waiting: list[Any] = []
        self.told: list[tuple[Any, float]] = []

    def ask(self) -> Any:
        if not self.waiting:
            self.waiting = list(self.strategy.ask())
        return placed(self.waiting[0])

    def tell(self, settings: Any, rating: float, words: tuple[str, ...]) -> None:
        super().tell(settings, rating, words)
        self.told.append((self.waiting.pop(0), -rating))
        if not self.waiting:
            self.strategy.tell([x for x, _ in self.told], [f for _, f in self.told])
            self.told = []

    def recommend(self) -> Any:
        if self.strategy.countiter == 0:
            return super().recommend()
        return placed(self.strategy.result.xfavorite)


class BoTorch(_RatedBest):
    """A Gaussian process with the library's defaults and log expected improvement, after five Sobol cups."""

    def __init__(self, case: Case, seed: int) -> None:
        super().__init__()
        import torch

        torch.manual_seed(seed)
        torch.set_num_threads(1)
        self.first = iter(qmc.Sobol(4, seed=seed).random(8)[:5])
        self.units: list[Any] = []
        self.model: Any = None

    def ask(self) -> Any:
        unit = next(self.first, None)
        if unit is None:
            unit = self._improving()
        self.units.append(unit)
        return placed(unit)

    def tell(self, settings: Any, rating: float, words: tuple[str, ...]) -> None:
        super().tell(settings, rating, words)
        self.model = None

    def _fitted(self) -> Any:
        import torch
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import SingleTaskGP
        from botorch.models.transforms import Standardize
        from gpytorch.mlls import ExactMarginalLogLikelihood

        if self.model is None:
            x = torch.tensor(np.array(self.units), dtype=torch.double)
            y = torch.tensor(self.ratings, dtype=torch.double)[:, None]
            self.model = SingleTaskGP(x, y, outcome_transform=Standardize(m=1))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fit_gpytorch_mll(ExactMarginalLogLikelihood(self.model.likelihood, self.model))
        return self.model

    def _improving(self) -> Any:
        import torch
        from botorch.acquisition import LogExpectedImprovement
        from botorch.optim import optimize_acqf

        bounds = torch.stack([torch.zeros(4), torch.ones(4)]).double()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gain = LogExpectedImprovement(self._fitted(), best_f=max(self.ratings))
            found, _ = optimize_acqf(gain, bounds, q=1, num_restarts=4, raw_samples=64)
        return found.numpy()[0]

    def recommend(self) -> Any:
        if len(self.ratings) < 3:
            return super().recommend()
        import torch

        model = self._fitted()
        with torch.no_grad():
            x = torch.tensor(np.array(self.units), dtype=torch.double)
            mean = model.posterior(x).mean.numpy().ravel()
        return self.cups[int(mean.argmax())]


CONTESTANTS: Mapping[str, Callable[[Case, int], Contestant]] = MappingProxyType(
    {
        "ours": Ours,
        "ours, told black or not": OursTold,
        "oracle": Oracle,
        "rules": Rules,
        "random": Random,
        "sobol": Sobol,
        "optuna": OptunaTPE,
        "cma-es": CMAES,
        "botorch": BoTorch,
    }
)
"""Everybody, by name."""


def suits(name: str, case: Case) -> bool:
    """Whether a contestant can serve a case: rules hear words alone, the oracle knows one physics."""
    return not ((name == "rules" and not case.words) or (name == "oracle" and case.wrong_physics))


NEEDS = MappingProxyType({"optuna": "optuna", "cma-es": "cma", "botorch": "botorch"})
"""Contestant -> package of the bench extra that it needs."""
