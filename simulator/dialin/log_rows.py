"""Rows of a brewing log, from whatever app, and the cups they become; what cannot be used says why."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from simulator.coffee import Method
from simulator.dialin.customer import SETTINGS
from simulator.dialin.evidence import Cup
from simulator.dialin.kit import Grinder, Kit
from simulator.dialin.session import check_settings
from simulator.errors import SimulatorError


@dataclass(frozen=True)
class LogRow:
    """One brew as it was logged; None is what nobody wrote down.

    Attributes:
        where: what to call it in messages.
        grind: as written: "20 clicks", "1.2.3", "800 µm".
        rating: on the scale from 1 to 9.
        fault: why it cannot be read at all, or "".
    """

    where: str
    grind: str = ""
    dose_g: float | None = None
    temperature_c: float | None = None
    time_s: float | None = None
    water_g: float | None = None
    beverage_g: float | None = None
    milk_g: float | None = None
    sugar_g: float | None = None
    rating: float | None = None
    words: tuple[str, ...] = ()
    tds_pct: float | None = None
    method: str = ""
    bean: str = ""
    mill: str = ""
    rater: str = ""
    at: str = ""
    fault: str = ""

    def extraction_yield_pct(self, method: Method) -> float | None:
        """From TDS, dose and the liquid: by the water for immersion, else by the drink; percent.

        In a full-immersion brew the water that the grounds keep is as strong as the drink.

        >>> row = LogRow("x", dose_g=15.0, water_g=240.0, beverage_g=210.0, tds_pct=1.25)
        >>> round(row.extraction_yield_pct(Method.IMMERSION), 2)
        20.25
        >>> round(row.extraction_yield_pct(Method.POUR_OVER), 2)
        17.5
        """
        if not self.tds_pct or not self.dose_g:
            return None
        if method is Method.IMMERSION and self.water_g:
            # TDS = E·dose/(water + E·dose)
            share = self.tds_pct / 100.0
            return 100.0 * self.water_g * share / (1.0 - share) / self.dose_g
        return self.tds_pct * self.beverage_g / self.dose_g if self.beverage_g else None


@dataclass(frozen=True)
class Skipped:
    """A row that was left out."""

    where: str
    why: str


def number(given: object) -> float | None:
    """A number that may be text, with a point or a comma; None if it is none.

    >>> number("18,5"), number(""), number(None), number("3.0")
    (18.5, None, None, 3.0)
    """
    if isinstance(given, bool) or given is None:
        return None
    try:
        value = float(str(given).strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def grind_setting(text: str) -> tuple[float, bool] | None:
    """A grind as it was written, and whether it is in µm; None if it cannot be read.

    Three numbers with points between are turns, numbers and marks of a dial: 1.2.3 counts as 1.23 turns.

    >>> grind_setting("20 clicks"), grind_setting("1.2.3"), grind_setting("800 µm"), grind_setting("fine")
    ((20.0, False), (1.23, False), (800.0, True), None)
    """
    dial = re.fullmatch(r"\s*(\d+)\.(\d)\.(\d)\s*", text)
    if dial:
        turns, numbers, marks = (int(part) for part in dial.groups())
        return turns + numbers / 10 + marks / 100, False
    plain = re.fullmatch(r"\D*?(\d+(?:[.,]\d+)?)\s*([^\d\s.,]*).*", text.strip(), re.DOTALL)
    if not plain or re.search(r"\d", text[text.find(plain[1]) + len(plain[1]) :]):
        return None
    value = number(plain[1])
    unit = plain[2].lower()
    return None if value is None else (value, unit in ("µm", "μm", "um", "micron", "microns"))


def cups_of(
    rows: Iterable[LogRow], kit: Kit, **wanted: str | None
) -> tuple[list[Cup], list[Skipped]]:
    """The cups of a log, in the order of their time, and every row that is none.

    Args:
        rows: the log.
        kit: where they were brewed; its method, grinder and usual amounts.
        wanted: ``bean``, ``mill``: only rows of this name.
    """
    cups, skipped = [], []
    for row in sorted(rows, key=lambda each: each.at):
        try:
            cups.append(_cup(row, kit, wanted))
        except _Unusable as fault:
            skipped.append(Skipped(row.where, str(fault)))
        except SimulatorError as fault:
            skipped.append(Skipped(row.where, str(fault).splitlines()[0]))
    return cups, skipped


class _Unusable(Exception):
    """Why a row is no cup."""


def _cup(row: LogRow, kit: Kit, wanted: dict[str, str | None]) -> Cup:
    if row.fault:
        raise _Unusable(row.fault)
    if row.method != kit.method:
        raise _Unusable(f"brewed by {row.method or 'no method'}, not {kit.method}")
    for name, value in wanted.items():
        if value is not None and getattr(row, name) != value:
            raise _Unusable(f"another {name}: {getattr(row, name) or 'none'}")
    if row.rating is None and not row.words:
        raise _Unusable("not rated")
    read = grind_setting(row.grind)
    if read is None:
        raise _Unusable(
            f"grind {row.grind!r} has no number, or several" if row.grind else "no grind"
        )
    if row.time_s is None or row.time_s <= 0:
        raise _Unusable("no brew time")
    liquid = row.water_g if kit.method is Method.IMMERSION else row.beverage_g or row.water_g
    settings = {
        "grind_um": read[0] if read[1] else kit.grinder.um(read[0]),
        "time_s": row.time_s,
        "milk_g": row.milk_g or 0.0,
        "sugar_g": row.sugar_g or 0.0,
        "dose_g": row.dose_g or kit.dose_g,
        "liquid_g": liquid or kit.liquid_g,
        "temperature_c": row.temperature_c or kit.temperature_c,
    }
    made = tuple(float(settings[name]) for name in SETTINGS)
    check_settings(made, kit)
    return Cup(made, row.rating, row.words, rater=row.rater, at=row.at)


def grinder_of(rows: Iterable[LogRow], kit: Kit) -> Grinder:
    """The grinder that a log was ground with, its map estimated from measured yields.

    Two numbers are unknown, the grind at the middle setting and the change per click. Before any measurement
    the middle lies near the method's usual grind within a factor of 1.5; each yield then counts with an error
    of 1.2 points (0.7 of the model, the rest of the refractometer and the scales). Without a measurement the
    spread stays what it was.

    Args:
        rows: the log.
        kit: the method and bean.
    """
    read = [(row, grind_setting(row.grind)) for row in rows if row.method == kit.method]
    clicks = np.array([found[0] for _, found in read if found and not found[1]])
    if clicks.size == 0:
        return kit.grinder
    low, high = float(clicks.min()), float(clicks.max())
    reach = max(high - low, 0.2 * high, 1e-3)
    middle = 0.5 * (low + high)
    weight, centres, slopes = _map_grid(read, kit, middle, reach)
    centre = float(np.exp((weight * np.log(centres)).sum()))
    slope = float((weight * slopes).sum())
    spread = float(np.sqrt((weight * np.square(np.log(centres / centre))).sum()))
    step = 1.0 if np.allclose(clicks, np.round(clicks)) else 0.01
    edges = max(0.0, low - 0.5 * reach), high + 0.5 * reach
    fine, coarse = (round(edge / step) * step for edge in edges)
    return Grinder(fine, coarse, step, centre - slope * middle, slope, max(spread, 0.05))


def _map_grid(
    read: list[tuple[LogRow, tuple[float, bool] | None]], kit: Kit, middle: float, reach: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posterior weights over a grid of middles (µm) and slopes (µm per click)."""
    from simulator.coffee import DEFAULT, Brew
    from simulator.coffee.brewer import extract
    from simulator.coffee.grinder import grind

    usual = {Method.IMMERSION: 850.0, Method.POUR_OVER: 750.0, Method.ESPRESSO: 400.0}[kit.method]
    centres, slopes = np.meshgrid(
        np.geomspace(200.0, 1400.0, 80), np.linspace(0.05, 0.9, 40) * usual / reach, indexing="ij"
    )
    log_weight = -0.5 * np.square(np.log(centres / usual) / 0.4)
    log_weight -= 0.5 * np.square((slopes * reach / usual - 0.35) / 0.25)
    for row, found in read:
        measured = row.extraction_yield_pct(kit.method)
        if found is None or found[1] or measured is None or not row.time_s:
            continue
        liquid = (row.water_g if kit.method is Method.IMMERSION else row.beverage_g) or kit.liquid_g
        brew = Brew(kit.method, row.dose_g or kit.dose_g, liquid, liquid,
                    row.temperature_c or kit.temperature_c)  # fmt: skip
        um = np.clip(centres + slopes * (found[0] - middle), 100.0, 2000.0)
        model = extract(grind(um, DEFAULT.grinder), row.time_s, brew, kit.bean, DEFAULT.brewer)
        log_weight -= 0.5 * np.square((model.extraction_yield_pct - measured) / 1.2)
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum(), centres, slopes
