"""Simulated customers for ``scripts/bench dial``: like real ones in not being the model's own.

Their coffee is brewed by the taste model with other numbers (where physics is wrong), their liking is another
function than the one that is fitted: a root of squares for each miss, whose curvature, weights, asymmetry and
ideals are their own; they use the scale with their own gain and round to half or whole points; what they say
comes from thresholds, not from a softmax, and where it is biased they hear one aspect louder than others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.coffee import (
    BEANS,
    BREWS,
    DEFAULT,
    JUST_RIGHT,
    MEAN_DRINKER,
    MIXES,
    Bean,
    Parameters,
    Recipe,
    taste,
)

ASPECTS = ("intensity", "acidity", "mouthfeel", "bitterness", "sweetness", "creaminess")
SAID = {
    "intensity": ("too weak", "too strong"),
    "acidity": ("too flat", "too sour"),
    "mouthfeel": ("too thin", "too heavy"),
    "bitterness": (None, "too bitter"),
    "sweetness": ("not sweet enough", "too sweet"),
    "creaminess": ("not creamy enough", "too creamy"),
}
# Ideals in the units of what is tasted, by segment: published clusters for the coffee, chosen for the rest.
IDEALS = {
    "black-strong": (1.36, 1.20, 1.40, 1.55, 0.0, 0.0),
    "black-mild": (1.10, 1.00, 1.20, 1.10, 0.0, 0.0),
    "milk": (1.15, 1.00, 1.45, 1.10, 0.3, 4.0),
    "milk-and-sugar": (1.15, 1.00, 1.45, 1.10, 2.6, 4.0),
}
SPREAD = (0.25, 0.25, 0.30, 0.25, 0.0, 0.0)
# Steps on a just-about-right scale for one unit, and points for one step.
STEPS = (1.7, 1.2, 0.9, 1.5, 0.55, 0.45)
POINTS = (0.95, 0.80, 0.40, 0.45, 1.15, 1.15)


@dataclass(frozen=True)
class Case:
    """What makes a case of the benchmark hard."""

    name: str
    noise: float
    words: bool
    wrong_physics: bool = False
    biased: bool = False

    @property
    def word_noise(self) -> float:
        """Steps by which what is heard scatters from cup to cup."""
        return 0.6 if self.biased else 0.25


CASES = (
    Case("one complaint", 0.7, True),
    Case("biased complaints", 0.7, True, biased=True),
    Case("ratings only, 0.7", 0.7, False),
    Case("ratings only, 1.0", 1.0, False),
    Case("wrong physics", 0.7, True, wrong_physics=True),
)


@dataclass(frozen=True, eq=False)
class Customer:
    """Somebody at the counter."""

    case: Case
    segment: str
    ideals: Any
    weights: Any
    """Points for a step, too little and too much: shape (2, 6)."""
    softness: Any
    top: float
    gain: float
    step: float
    """Rounds ratings to it."""
    parameters: Parameters
    bean: Any
    off_grind: float
    word_bias: Any
    content: float
    seed: int

    def felt(self, settings: Any) -> tuple[Any, Any]:
        """Gaps (6, …) in steps and grit, for settings (7, …)."""
        settings = (settings[0] * self.off_grind, *settings[1:])
        values, grit = perceived(settings, self.bean, self.parameters)
        gaps = [STEPS[i] * (value - self.ideals[i]) for i, value in enumerate(values)]
        return np.array(gaps), grit

    def liking(self, settings: Any) -> Any:
        """True liking, points, at least 1 and at most 9."""
        gaps, grit = self.felt(settings)
        cost = 0.9 * grit
        for i in range(6):
            s = self.softness[i]
            miss = np.sqrt(np.square(gaps[i]) + s * s) - s
            if i == 3:
                miss = np.where(gaps[i] > 0, miss, 0.0)
            cost = cost + np.where(gaps[i] > 0, self.weights[1, i], self.weights[0, i]) * miss
        best = self.top - self.gain * cost
        return np.maximum(best, 1.0)

    def answer(self, settings: Any, cup: int) -> tuple[float, tuple[str, ...]]:
        """Rating and words for the cup with this number; the same for all who serve the same cup then."""
        rng = np.random.default_rng((self.seed, 77, cup))
        noise, scatter = rng.standard_normal(), rng.standard_normal(6)
        true = max(1.0, float(self.liking(settings)))
        rating = np.round((true + self.case.noise * noise) / self.step) * self.step
        rating = float(np.clip(rating, 1.0, 9.0))
        if not self.case.words:
            return rating, ()
        gaps, _ = self.felt(settings)
        heard = gaps + self.word_bias + self.case.word_noise * scatter
        heard[3] = max(heard[3], 0.0)
        if self.ideals[4] == 0:
            heard[4] = max(heard[4], 0.0)
        if self.ideals[5] == 0:
            heard[5] = max(heard[5], 0.0)
        worst = int(np.argmax(np.abs(heard)))
        if abs(heard[worst]) < self.content:
            return rating, (JUST_RIGHT,)
        word = SAID[ASPECTS[worst]][int(heard[worst] > 0)]
        return rating, (word,) if word else (JUST_RIGHT,)

    def best(self) -> float:
        """The highest liking in the box, found on a fine grid and then around it."""
        grind, time, milk, sugar = np.meshgrid(
            np.geomspace(300, 1400, 24),
            np.geomspace(60, 600, 12),
            np.linspace(0, 120, 25),
            np.linspace(0, 14, 15),
            indexing="ij",
        )
        return float(np.max(self.liking(_with_brew(grind, time, milk, sugar))))


def perceived(
    settings: Any, bean: Bean = BEANS["medium"], parameters: Parameters = DEFAULT
) -> tuple[Any, Any]:
    """What is tasted of cups, (6, …) in the order of `ASPECTS`, and their grit, for settings (7, …)."""
    grind, time, milk, sugar, dose, liquid, temperature = settings
    brew = replace(BREWS["immersion"], dose_g=dose, water_g=liquid, temperature_c=temperature)
    cup = taste(Recipe(grind, time, milk, sugar), brew, bean, [(MEAN_DRINKER, 1.0)], parameters)
    seen = cup.perception
    values = np.broadcast_arrays(
        seen.strength, seen.sourness, seen.mouthfeel, seen.bitterness, seen.sweetness,
        seen.creaminess, seen.grittiness,
    )  # fmt: skip
    return np.array(values[:6]), values[6]


def _with_brew(*knobs: Any) -> Any:
    flat = np.array([np.ravel(k) for k in knobs])
    rest = np.repeat(np.array([[15.0], [240.0], [93.0]]), flat.shape[1], axis=1)
    return np.concatenate([flat, rest])


def customer(case: Case, seed: int) -> Customer:
    """The customer with this number; the same palate in every case."""
    rng = np.random.default_rng((seed, 1))
    names = list(MIXES["survey"])
    shares = np.array([MIXES["survey"][name] for name in names])
    segment = names[rng.choice(len(names), p=shares / shares.sum())]
    ideals = np.array(IDEALS[segment]) + np.array(SPREAD) * rng.standard_normal(6)
    if segment in ("milk", "milk-and-sugar"):
        ideals[5] *= np.exp(0.3 * rng.standard_normal())
        ideals[4] *= np.exp(0.40 * rng.standard_normal())
    weights = np.array(POINTS) * np.exp(0.35 * rng.standard_normal((2, 6)))
    softness = rng.uniform(0.25, 1.0, 6)
    top, gain = rng.uniform(8.4, 9.0), 1.4 * np.exp(0.3 * rng.standard_normal())
    step = 0.5 if rng.uniform() < 0.7 else 1.0
    parameters, bean, off = DEFAULT, BEANS["medium"], 1.0
    other = np.random.default_rng((seed, 2))
    if case.wrong_physics:
        parameters, bean, off = _wrong(other)
    heard = np.random.default_rng((seed, 3))
    bias = 0.5 * heard.standard_normal(6) if case.biased else np.zeros(6)
    return Customer(
        case, segment, ideals, weights, softness, top, gain, step, parameters, bean, off, bias,
        float(heard.uniform(0.3, 0.6)), seed,
    )  # fmt: skip


def _wrong(rng: np.random.Generator) -> tuple[Parameters, Any, float]:
    """Other coffee: diffusion, wash, fines, equilibrium, shares, yield; and a grinder that is off."""

    def factor(sd: float) -> float:
        return float(np.exp(sd * rng.standard_normal()))

    rate = factor(0.3)
    brewer = replace(
        DEFAULT.brewer,
        wash_time_s=10.3 * factor(0.3),
        acid_diffusivity_m2_s=2.58e-10 * rate * factor(0.15),
        middle_diffusivity_m2_s=1.28e-10 * rate * factor(0.15),
        bitter_diffusivity_m2_s=0.648e-10 * rate * factor(0.15),
        equilibrium_fraction=0.792 * factor(0.06),
    )
    grinder = replace(
        DEFAULT.grinder,
        fines_size_um=234.0 * factor(0.15),
        coarse_spread=0.57 * factor(0.15),
        broken_layer_um=38.8 * factor(0.2),
    )
    palate = replace(
        DEFAULT.palate,
        sweet_masks_bitter=0.16 * factor(0.4),
        protein_masks_bitter=0.03 * factor(0.4),
        fat_body=0.012 * factor(0.4),
        cream_half_g_kg=8.0 * factor(0.2),
        sweet_half_g_kg=100.0 * factor(0.2),
    )
    bean = replace(
        BEANS["medium"],
        acid_share=BEANS["medium"].acid_share * factor(0.15),
        bitter_share=BEANS["medium"].bitter_share * factor(0.15),
    )
    parameters = replace(DEFAULT, brewer=brewer, grinder=grinder, palate=palate)
    return parameters, bean, factor(0.15)
