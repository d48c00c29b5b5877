"""Published facts that the model must reproduce: what, within which limits, from where, what it gives.

The tolerance is part of a fact. Tests assert the table, and the command line prints the same one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import brentq

from simulator.coffee.beans import BEANS
from simulator.coffee.cup import titratable_acidity_ml
from simulator.coffee.customers import MEAN_DRINKER, SEGMENTS
from simulator.coffee.judgement import judge_coffee
from simulator.coffee.palate import Perception
from simulator.coffee.recipe import Brew, Recipe
from simulator.coffee.tasting import DEFAULT, Tasting, taste

_COTTER = "Cotter et al. 2021, ratings at Dryad 10.25338/B8993H"
_BLACK = tuple((SEGMENTS[name], 1.0) for name in ("black-strong", "black-mild"))


@dataclass(frozen=True)
class Fact:
    """One fact; it holds if ``low <= value() <= high``."""

    name: str
    target: str
    """The target in print, with its unit."""
    low: float
    high: float
    source: str
    value: Callable[[], float]
    """What the model gives."""

    @property
    def holds(self) -> bool:
        """Whether the model reproduces it; NaN does not.

        >>> all(fact.holds for fact in FACTS)
        True
        """
        return bool(self.low <= self.value() <= self.high)


def _brewed(grind_um: Any, time_s: Any, method: str = "immersion", **context: Any) -> Tasting:
    brew = replace(Brew.standard(method), **context)
    customers = [(MEAN_DRINKER, 1.0), *_BLACK]
    return taste(Recipe(grind_um, time_s), brew, BEANS["medium"], customers)


def _yield(*brew: Any, **context: Any) -> float:
    return float(_brewed(*brew, **context).extraction_yield_pct)


def _strength(*brew: Any, **context: Any) -> float:
    return float(_brewed(*brew, **context).tds_pct)


def _yield_gain(first: dict[str, Any], second: dict[str, Any]) -> float:
    """Points of extraction more in the second brew than in the first, French press unless said."""
    usual = {"grind_um": 900.0, "time_s": 240.0}
    return _yield(**{**usual, **second}) - _yield(**{**usual, **first})


def _espresso_yields() -> tuple[Any, Any]:
    grinds = np.geomspace(200.0, 1400.0, 4001)
    shot = _brewed(grinds, 34.0, "espresso", dose_g=20.0, beverage_g=40.0)
    return grinds, shot.extraction_yield_pct


def _espresso_peak(what: int) -> float:
    """Grind (0) or yield (1) of the peak between a channelled and a coarse puck, NaN without one."""
    grinds, yields = _espresso_yields()
    inner = (yields[1:-1] > yields[:-2]) & (yields[1:-1] > yields[2:])
    if inner.sum() != 1:
        return float("nan")
    return float((grinds, yields)[what][1 + np.argmax(inner)])


def acid_slope(grind_um: Any, time_s: Any) -> float:
    """Slope of ln(acid yield) on ln(extraction yield) of pour-over, least squares over EY 16–22 %.

    NaN where the brews do not reach over that range.

    Args:
        grind_um: µm, a number or a grid fine enough to hold the range.
        time_s: s, likewise; one of the two is a grid.
    """
    brewed = _brewed(grind_um, time_s, "pour-over")
    total, acids = brewed.extraction_yield_pct, brewed.extraction.acid_yield_pct
    inside = (total >= 16.0) & (total <= 22.0)
    if not inside.any() or np.ptp(total[inside]) < 5.9:
        return float("nan")
    return float(np.polyfit(np.log(total[inside]), np.log(acids[inside]), 1)[0])


def _bitter_slope() -> float:
    """d ln(bitterness)/d ln(EY) at equal TDS, pour-over over grind at 240 s, EY 16–22 %."""
    brewed = _brewed(np.linspace(500.0, 1400.0, 2000), 240.0, "pour-over")
    total = brewed.extraction_yield_pct
    inside = (total >= 16.0) & (total <= 22.0)
    per_tds = np.log(brewed.bitterness / brewed.tds_pct)[inside]
    return float(np.polyfit(np.log(total[inside]), per_tds, 1)[0])


def best_tds_pct(palates: str) -> float:
    """TDS in percent that a group of black-coffee drinkers likes best at 20 % extraction."""
    tds = np.linspace(0.4, 2.0, 16001)
    black = Perception(0.0, 0.0, tds, tds, tds, tds, 0.0)
    return float(tds[np.argmin(judge_coffee(black, 20.0, palates, DEFAULT.customers).penalty)])


def mean_liking(palates: str) -> float:
    """Mean liking of drip coffee over the nine targets of the tasting, points."""
    tds, extraction = np.meshgrid([1.0, 1.25, 1.5], [16.0, 20.0, 24.0])
    sour = tds * (extraction / 20.0) ** -0.192
    black = Perception(0.0, 0.0, tds, sour, tds, tds, 0.0)
    lost = judge_coffee(black, extraction, palates, DEFAULT.customers).penalty
    return float(np.mean(DEFAULT.customers.palates(palates).perfect_liking - lost))


def _temperature_effect() -> float:
    """Largest change of liking between 80 and 99 °C at equal TDS and extraction, over three cups."""
    changes = []
    for extraction, tds in ((18.0, 1.1), (20.0, 1.25), (22.0, 1.3)):
        water = {"water_g": 15.0 * extraction * (1.0 / tds - 0.01)}
        likings = [_liking_at(extraction, {**water, "temperature_c": c}) for c in (80.0, 99.0)]
        changes.append(np.ptp(likings, axis=0).max())
    return float(max(changes))


def _liking_at(extraction_pct: float, context: dict[str, Any]) -> list[float]:
    off = lambda time: _yield(900.0, time, **context) - extraction_pct
    brewed = _brewed(900.0, brentq(off, 20.0, 3600.0), **context)
    return [float(verdict.liking) for verdict in brewed.segments]


def _acidity_power(tds_factor: float, extraction_factor: float) -> float:
    more = titratable_acidity_ml(1.25 * tds_factor, 20.0 * extraction_factor)
    return float(np.log(more / titratable_acidity_ml(1.25, 20.0)))


_TIMES, _GRINDS = np.linspace(60.0, 700.0, 1500), np.linspace(500.0, 1400.0, 1500)
_PRESS, _LIANG = "brewing control chart and practice (Gagné 2019)", "Liang et al. 2021"
_CAMERON = "Cameron et al. 2020"
_BATALI = "Batali et al. 2020; " + _COTTER

FACTS: tuple[Fact, ...] = (
    Fact("French press, 900 µm, 240 s, 1:16: extraction", "18–22 %", 18.0, 22.0, _PRESS,
         partial(_yield, 900.0, 240.0)),
    Fact("French press, 900 µm, 240 s, 1:16: TDS", "1.15–1.35 %", 1.15, 1.35, _PRESS,
         partial(_strength, 900.0, 240.0)),
    Fact("coarser press, 900 → 1000 µm: extraction falls", "below 0 points", -20.0, -1e-6, _PRESS,
         partial(_yield_gain, {}, {"grind_um": 1000.0})),
    Fact("coarser press, 1000 → 1200 µm: extraction falls", "below 0 points", -20.0, -1e-6, _PRESS,
         partial(_yield_gain, {"grind_um": 1000.0}, {"grind_um": 1200.0})),
    Fact("press for an hour: extraction at equilibrium", "21.5–24 %", 21.5, 24.0, _LIANG,
         partial(_yield, 900.0, 3600.0)),
    Fact("press, 150 → 400 g of water: extraction is flat", "0 ± .1 points", -0.1, 0.1, _LIANG,
         partial(_yield_gain, {"water_g": 150.0}, {"water_g": 400.0})),
    Fact("press, 80 → 99 °C: extraction rises a little", "0–4 points", 1e-6, 4.0, "Batali et al. 2020",
         partial(_yield_gain, {"temperature_c": 80.0}, {"temperature_c": 99.0})),
    Fact("pour-over, 700 µm, 180 s: extraction", "18–22 %", 18.0, 22.0, _PRESS,
         partial(_yield, 700.0, 180.0, method="pour-over")),
    Fact("pour-over, 800 µm, 180 s: extraction", "18–22 %", 18.0, 22.0, _PRESS,
         partial(_yield, 800.0, 180.0, method="pour-over")),
    Fact("espresso 20:40 in 34 s: grind of the peak inside", "300–900 µm", 300.0, 900.0, _CAMERON,
         partial(_espresso_peak, 0)),
    Fact("espresso 20:40 in 34 s: extraction at the peak", "18–22 %", 18.0, 22.0, _CAMERON,
         partial(_espresso_peak, 1)),
    Fact("pour-over: d ln(acids)/d ln(EY) over time, 900 µm, EY 16–22 %", ".81 ± .10", 0.71, 0.91,
         _BATALI, partial(acid_slope, 900.0, _TIMES)),
    Fact("pour-over: d ln(acids)/d ln(EY) over grind, 240 s, EY 16–22 %", ".81 ± .10", 0.71, 0.91,
         _BATALI, partial(acid_slope, _GRINDS, 240.0)),
    Fact("pour-over: d ln(bitterness)/d ln(EY) at equal TDS", ".13 ± .20", -0.07, 0.33,
         _COTTER + ", ticks of bitter", _bitter_slope),
    Fact("mean black drinker: best TDS at EY 20 %", "1.20 ± .05 %", 1.15, 1.25, _COTTER,
         partial(best_tds_pct, "everyone")),
    Fact("cluster 1 (strong): best TDS at EY 20 %", "1.36 ± .05 %", 1.31, 1.41, _COTTER,
         partial(best_tds_pct, "cluster_1")),
    Fact("cluster 2 (mild): best TDS at EY 20 %", "below 1.0 %", 0.0, 1.0, _COTTER,
         partial(best_tds_pct, "cluster_2")),
    Fact("mean black drinker: mean liking of the nine brews", "5.85 ± .10", 5.75, 5.95, _COTTER,
         partial(mean_liking, "everyone")),
    Fact("cluster 1: mean liking of the nine brews", "6.02 ± .15", 5.87, 6.17, _COTTER,
         partial(mean_liking, "cluster_1")),
    Fact("cluster 2: mean liking of the nine brews", "5.72 ± .15", 5.57, 5.87, _COTTER,
         partial(mean_liking, "cluster_2")),
    Fact("titratable acidity at TDS 1.25 %, EY 20 %", "5.606 mL", 5.60, 5.61, _COTTER,
         lambda: float(titratable_acidity_ml(1.25, 20.0))),
    Fact("titratable acidity: power of TDS", "1.04", 1.035, 1.045, _COTTER,
         lambda: _acidity_power(np.e, 1.0)),
    Fact("titratable acidity: power of EY", "−.192", -0.197, -0.187, _COTTER,
         lambda: _acidity_power(1.0, np.e)),
    Fact("80 → 99 °C at equal TDS and EY: change of liking", "at most .1 points", 0.0, 0.1,
         "Batali et al. 2020; Cotter et al. 2021", _temperature_effect),
)  # fmt: skip
"""Every fact; a value of NaN fails."""
