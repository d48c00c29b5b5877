"""What stands on the counter: a grinder with its clicks, a method, a bean, and which knobs may be turned.

Recipes are looked for only among those that can be made: clicks the grinder has, whole seconds, whole grams
in the cup as it is served.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from simulator.coffee import BEANS, RANGES, Bean, Brew, Method, method_named
from simulator.dialin.customer import SETTINGS
from simulator.dialin.traits import Array
from simulator.errors import InputError, RecipeError

KNOBS = ("grind_um", "time_s", "milk_g", "sugar_g")
"""What is tuned, unless locked."""

_TIMES: Mapping[Method, tuple[float, float]] = {
    Method.IMMERSION: (60.0, 600.0),
    Method.POUR_OVER: (60.0, 420.0),
    Method.ESPRESSO: (20.0, 60.0),
}
_GRINDS: Mapping[Method, tuple[float, float]] = {
    Method.IMMERSION: (300.0, 1400.0),
    Method.POUR_OVER: (300.0, 1200.0),
    Method.ESPRESSO: (200.0, 700.0),
}
_MOST_MILK, _MOST_SUGAR = 120.0, 14.0  # g per 200 g of coffee: more is seldom asked for


@dataclass(frozen=True)
class Grinder:
    """A grinder's real settings, and the grind that each is believed to give.

    >>> Grinder(low=5, high=30, um_at_zero=100.0, um_per_click=35.0).um(20)
    800.0
    """

    low: float = 200.0
    """Finest setting."""
    high: float = 1400.0
    """Coarsest setting."""
    step: float = 1.0
    """Distance of neighbouring settings: 1 click, or 10 µm for a grinder without clicks."""
    um_at_zero: float = 0.0
    um_per_click: float = 1.0
    spread: float = 0.12
    """Standard deviation of the logarithm of the map's common error."""

    def __post_init__(self) -> None:
        numbers = (
            self.low, self.high, self.step, self.um_at_zero, self.um_per_click, self.spread
        )  # fmt: skip
        finite = all(math.isfinite(number) for number in numbers)
        if not finite or not self.low < self.high or self.step <= 0 or self.um_per_click <= 0:
            raise InputError(
                f"grinder from {self.low:g} to {self.high:g} in steps of {self.step:g}, "
                f"{self.um_per_click:g} µm each: the coarsest setting must lie above the finest, "
                "steps and µm must be positive"
            )

    @property
    def has_clicks(self) -> bool:
        """Whether settings are clicks rather than µm."""
        return not (self.um_at_zero == 0.0 and self.um_per_click == 1.0)

    def um(self, setting: float) -> float:
        """The grind of a setting, µm."""
        return self.um_at_zero + self.um_per_click * setting

    def setting(self, um: float) -> float:
        """The setting whose grind is nearest."""
        wanted = (um - self.um_at_zero) / self.um_per_click
        steps = round((min(max(wanted, self.low), self.high) - self.low) / self.step)
        # The coarsest setting need not lie a whole number of steps above the finest.
        most = math.floor((self.high - self.low) / self.step + 1e-9)
        return self.low + self.step * min(steps, most)

    def checked(self, setting: float) -> float:
        """A setting that the grinder has.

        Raises:
            RecipeError: it lies outside, between two clicks, or beyond the model's grinds.
        """
        unit = "clicks" if self.has_clicks else "µm"
        if not self.low <= setting <= self.high:
            raise RecipeError(
                f"grind = {setting:g} {unit} is outside this grinder: it has "
                f"{self.low:g} to {self.high:g} {unit}"
            )
        whole = (setting - self.low) / self.step
        if self.has_clicks and abs(whole - round(whole)) > 1e-6:
            raise RecipeError(f"grind = {setting:g} lies between two clicks of {self.step:g}")
        um = self.um(setting)
        if not RANGES["grind_um"].low <= um <= RANGES["grind_um"].high:
            raise RecipeError(
                f"grind = {setting:g} {unit} is about {um:.0f} µm: the model holds for "
                f"{RANGES['grind_um']}"
            )
        return setting

    def written(self, um: float) -> str:
        """The nearest setting in words."""
        setting = self.setting(um)
        return f"{setting:g} clicks (about {um:.0f} µm)" if self.has_clicks else f"{setting:.0f} µm"


STEPLESS = Grinder(low=200.0, high=1400.0, step=10.0)
"""A grinder set in µm."""


@dataclass(frozen=True)
class Kit:
    """One place to brew, with one bean.

    Attributes:
        locked: knob -> value that it keeps.
        dose_g, liquid_g, temperature_c: of the brew; the liquid is the water of immersion, else the beverage.
    """

    method: Method = Method.IMMERSION
    bean: Bean = field(default_factory=lambda: BEANS["medium"])
    grinder: Grinder = STEPLESS
    dose_g: float = 15.0
    liquid_g: float = 240.0
    temperature_c: float = 93.0
    locked: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    one_knob: bool = False
    """Change one knob at a time."""

    @classmethod
    def standard(
        cls, method: str = "immersion", bean: str = "medium", grinder: Grinder = STEPLESS
    ) -> Kit:
        """The usual brew of a method.

        Raises:
            InputError: no such bean.
            RecipeError: no such method.
        """
        if bean not in BEANS:
            raise InputError(f"bean = {bean!r} is unknown; known are: {', '.join(BEANS)}")
        brew = Brew.standard(method)
        way = method_named(method)
        liquid = brew.water_g if way is Method.IMMERSION else brew.beverage_g
        return cls(way, BEANS[bean], grinder, brew.dose_g, liquid, brew.temperature_c)

    @property
    def served_g(self) -> float:
        """Coffee in the cup before milk and sugar, g."""
        if self.method is Method.ESPRESSO:
            return 200.0
        return self.liquid_g - (2.2 * self.dose_g if self.method is Method.IMMERSION else 0.0)

    @property
    def gram(self) -> float:
        """One gram in the served cup, in grams per 200 g of coffee."""
        return 200.0 / self.served_g

    def limits(self, knob: str) -> tuple[float, float]:
        """The range in which a knob is tuned."""
        if knob == "grind_um":
            low, high = _GRINDS[self.method]
            here = self.grinder
            return max(low, here.um(here.low)), min(high, here.um(here.high))
        if knob == "time_s":
            return _TIMES[self.method]
        return 0.0, _MOST_MILK if knob == "milk_g" else _MOST_SUGAR

    def snapped(self, settings: Array) -> Array:
        """Settings, shape (7, C), at the nearest that can be made, doubles removed."""
        made = settings.copy()
        here = self.grinder
        low, high = self.limits("grind_um")
        wanted = (np.clip(made[0], low, high) - here.um_at_zero) / here.um_per_click
        first = math.ceil(
            ((low - here.um_at_zero) / here.um_per_click - here.low) / here.step - 1e-9
        )
        last = math.floor(
            ((high - here.um_at_zero) / here.um_per_click - here.low) / here.step + 1e-9
        )
        steps = np.clip(np.round((wanted - here.low) / here.step), first, max(first, last))
        made[0] = here.um_at_zero + here.um_per_click * (here.low + here.step * steps)
        beat = 1.0 if self.method is Method.ESPRESSO else 5.0
        made[1] = np.clip(beat * np.round(made[1] / beat), *self.limits("time_s"))
        for row, knob in ((2, "milk_g"), (3, "sugar_g")):
            most = math.floor(self.limits(knob)[1] / self.gram) * self.gram
            made[row] = np.clip(self.gram * np.round(made[row] / self.gram), 0.0, most)
        for knob, value in self.locked.items():
            made[SETTINGS.index(knob)] = value
        kept: Array = np.unique(np.round(made, 9), axis=1)
        return kept

    def settings(self, **knobs: float) -> Array:
        """One cup's settings, shape (7,), from its knobs."""
        unknown = [knob for knob in knobs if knob not in SETTINGS]
        if unknown:
            raise RecipeError(
                f"{', '.join(unknown)}: no such knob; there are {', '.join(SETTINGS)}"
            )
        plain = {
            "milk_g": 0.0, "sugar_g": 0.0, "dose_g": self.dose_g, "liquid_g": self.liquid_g,
            "temperature_c": self.temperature_c, **self.locked, **knobs,
        }  # fmt: skip
        missing = [knob for knob in SETTINGS if knob not in plain]
        if missing:
            raise RecipeError(f"the recipe lacks {' and '.join(missing)}")
        return np.array([plain[knob] for knob in SETTINGS], dtype=float)

    def with_locked(self, **locked: float) -> Kit:
        """The same with these knobs kept."""
        return replace(self, locked=MappingProxyType({**self.locked, **locked}))
