"""The brewer: water takes three classes of solutes out of the grounds.

Fines and broken cells are washed out within seconds; the cores of the boulders follow by diffusion,
acids first, bitter and astringent solutes last. Immersion ends at an equilibrium; percolation does
not, but the water spends less time with each particle, and a fine espresso bed channels.
"""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.special

from simulator.coffee.beans import Bean
from simulator.coffee.grinder import Grounds
from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Brew, Method, Scalar, method_named

_YIELDS = "29 published extraction yields over 5 grinds, RMS error 0.70 yield points"
# Total yields fix the diffusivities for given class shares only: with shares .30 .40 .30 the fit gave 2.31,
# 1.15 and 0.58, with .22 .40 .38 these; the totals agree within 0.03 points over the whole box.
_DIFFUSION = _YIELDS + "; for the class shares of the medium bean"
_WATER = "viscosity of water 2.414e-5·10^(247.8/(T−140)) Pa·s, the usual Vogel equation"
_LIANG = "Liang et al. 2021 (equilibrium), Roman-Corrochano 2017 (its temperature)"
_CAMERON = "yield losses of fine espresso grinds in Cameron et al. 2020"


@dataclass(frozen=True)
class BrewerParameters:
    """The numbers of the brewer."""

    wash_time_s: Scalar = parameter(10.3, unit="s", origin="fitted", source=_YIELDS)
    acid_diffusivity_m2_s: Scalar = parameter(
        2.58e-10, unit="m²/s", origin="fitted", source=_DIFFUSION
    )
    middle_diffusivity_m2_s: Scalar = parameter(
        1.28e-10, unit="m²/s", origin="fitted", source=_DIFFUSION
    )
    bitter_diffusivity_m2_s: Scalar = parameter(
        0.648e-10, unit="m²/s", origin="fitted", source=_DIFFUSION
    )
    reference_temperature_k: Scalar = parameter(
        358.15, unit="K", origin="fitted", source="temperature at which the diffusivities hold"
    )
    viscosity_slope_k: Scalar = parameter(247.8, unit="K", origin="read", source=_WATER)
    viscosity_pole_k: Scalar = parameter(140.0, unit="K", origin="read", source=_WATER)
    equilibrium_fraction: Scalar = parameter(0.792, unit="1", origin="read", source=_LIANG)
    equilibrium_heat_k: Scalar = parameter(657.0, unit="K", origin="read", source=_LIANG)
    equilibrium_temperature_k: Scalar = parameter(366.15, unit="K", origin="read", source=_LIANG)
    pour_over_contact: Scalar = parameter(
        0.28, unit="1", origin="fitted", source="published drip yields: share of time in contact"
    )
    espresso_contact: Scalar = parameter(
        1.0, unit="1", origin="chosen", source="a packed bed is in contact all the time"
    )
    channel_loss: Scalar = parameter(0.5, unit="1", origin="fitted", source=_CAMERON)
    channel_grind_um: Scalar = parameter(509.0, unit="µm", origin="fitted", source=_CAMERON)
    channel_width_um: Scalar = parameter(61.0, unit="µm", origin="fitted", source=_CAMERON)
    channel_flow_g_s: Scalar = parameter(
        40.0 / 34.0,
        unit="g/s",
        origin="chosen",
        source="the shot of Cameron et al. 2020; the square root of the flow is a choice",
    )
    retained_water: Scalar = parameter(
        2.2, unit="g/g", origin="chosen", source="water the spent grounds keep; only reported"
    )


@dataclass(frozen=True)
class Extraction:
    """What the water took. Yields are percent of the dry dose, TDS percent of the beverage."""

    mobility: Scalar
    """Speed of diffusion relative to 85 °C (T/η of water)."""
    washed_fraction: Scalar
    """Share of the fines and broken cells that has been washed out, 0–1."""
    channelled_fraction: Scalar
    """Share of the yield lost to channels, 0–0.5; 0 unless espresso."""
    acid_yield_pct: Scalar
    middle_yield_pct: Scalar
    bitter_yield_pct: Scalar
    extraction_yield_pct: Scalar
    tds_pct: Scalar
    beverage_g: Scalar
    """What can be poured: for immersion the water less what the grounds keep."""


def mobility(temperature_c: Scalar, parameters: BrewerParameters) -> Scalar:
    """How much faster solutes diffuse than at 85 °C: (T/T_r)·η(T_r)/η(T), by Stokes and Einstein.

    The leading factor of the viscosity cancels in the ratio.

    >>> float(mobility(85.0, BrewerParameters()))
    1.0
    """
    reference = parameters.reference_temperature_k
    slope = math.log(10.0) * parameters.viscosity_slope_k
    kelvin = temperature_c + 273.15
    thinning = 1.0 / (reference - parameters.viscosity_pole_k) - 1.0 / (
        kelvin - parameters.viscosity_pole_k
    )
    return kelvin / reference * np.exp(slope * thinning)


def extracted_fractions(
    grounds: Grounds, contact_s: Scalar, parameters: BrewerParameters
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Fractions of the fines, the acids, the middle and the bitter solutes that have left, each 0–1.

    With W = 1 − exp(−t/10.3 s) the washed fraction, F the fines, ω_i the boulders' mass shares,
    e_i their cores and τ_k,i = R_i²/(15·D_k):

        X_k = F·W + (1−F)·Σ_i ω_i·[(1−e_i)·W + e_i·(1 − exp(−t/τ_k,i))]
            = W + (1−F)·[(1−W)·Σ_i ω_i·e_i − Σ_i ω_i·e_i·exp(−t/τ_k,i)],

    of which the second line is computed: the same number in half the operations.

    Args:
        grounds: from the grinder.
        contact_s: time in contact with water, in seconds at 85 °C (brew time times mobility).
        parameters: the brewer's numbers.
    """
    unwashed = np.exp(contact_s / -parameters.wash_time_s)
    washed = 1.0 - unwashed
    coarse = 1.0 - grounds.fines_fraction
    cores = [each.mass_share * each.core_fraction for each in grounds.boulders]
    waiting = unwashed * sum(cores[1:], cores[0])
    spread = contact_s / (0.5e-6 * grounds.grind_um) ** 2  # s/m²
    fractions = []
    for diffusivity in (
        parameters.acid_diffusivity_m2_s,
        parameters.middle_diffusivity_m2_s,
        parameters.bitter_diffusivity_m2_s,
    ):
        held = waiting
        for boulders, core in zip(grounds.boulders, cores, strict=True):
            rate = -15.0 * diffusivity / boulders.relative_size**2
            held = held - core * np.exp(rate * spread)
        fractions.append(washed + coarse * held)
    return (washed, *fractions)


def channelled_fraction(grind_um: Scalar, flow_g_s: Scalar, parameters: BrewerParameters) -> Scalar:
    """Share of an espresso's yield that is lost because water runs through channels in a fine bed.

    0.5·lgt((d_χ − d)/61 µm) with d_χ = 509 µm·√(v/v_ref): the faster the flow, the coarser the
    grind at which channels open.
    """
    opening = parameters.channel_grind_um * np.sqrt(flow_g_s / parameters.channel_flow_g_s)
    closed = (opening - grind_um) / parameters.channel_width_um
    return parameters.channel_loss * scipy.special.expit(closed)


def _equilibrium(temperature_c: Scalar, parameters: BrewerParameters) -> Scalar:
    kelvin = temperature_c + 273.15
    warmer = 1.0 / kelvin - 1.0 / parameters.equilibrium_temperature_k
    return parameters.equilibrium_fraction * np.exp(-parameters.equilibrium_heat_k * warmer)


def _contact_share(method: Method, parameters: BrewerParameters) -> Scalar:
    return {
        Method.IMMERSION: 1.0,
        Method.POUR_OVER: parameters.pour_over_contact,
        Method.ESPRESSO: parameters.espresso_contact,
    }[method]


def extract(
    grounds: Grounds, time_s: Scalar, brew: Brew, bean: Bean, parameters: BrewerParameters
) -> Extraction:
    """Brew: the yields of the three classes and the strength of what comes out.

    Immersion: E_k = K(T)·E_max·w_k·X_k and TDS = E·dose/(water + E·dose). Percolation: K = 1, time
    counts by the share in contact, espresso loses what is channelled, TDS = E·dose/beverage.

    Args:
        grounds: from the grinder.
        time_s: brew time, s.
        brew: method and amounts.
        bean: E_max and the class shares.
        parameters: the brewer's numbers.

    Raises:
        RecipeError: unknown method.
    """
    method = method_named(brew.method)
    speed = mobility(brew.temperature_c, parameters)
    contact_s = time_s * (speed * _contact_share(method, parameters))
    washed, *fractions = extracted_fractions(grounds, contact_s, parameters)
    soluble_pct = 100.0 * bean.e_max / (bean.acid_share + bean.middle_share + bean.bitter_share)
    lost: Scalar = 0.0
    if method is Method.IMMERSION:
        soluble_pct = soluble_pct * _equilibrium(brew.temperature_c, parameters)
    if method is Method.ESPRESSO:
        lost = channelled_fraction(grounds.grind_um, brew.beverage_g / time_s, parameters)
        fractions = [fraction * (1.0 - lost) for fraction in fractions]
    shares = (bean.acid_share, bean.middle_share, bean.bitter_share)
    acid, middle, bitter = (
        (soluble_pct * share) * fraction for share, fraction in zip(shares, fractions, strict=True)
    )
    total = acid + middle + bitter
    tds_pct, beverage_g = _strength(total, method, brew, parameters)
    return Extraction(speed, washed, lost, acid, middle, bitter, total, tds_pct, beverage_g)


def _strength(
    yield_pct: Scalar, method: Method, brew: Brew, parameters: BrewerParameters
) -> tuple[Scalar, Scalar]:
    """TDS in percent, and the grams that can be poured."""
    if method is not Method.IMMERSION:
        return yield_pct * (brew.dose_g / brew.beverage_g), brew.beverage_g
    solids_g = yield_pct * (0.01 * brew.dose_g)
    poured_g = brew.water_g - parameters.retained_water * brew.dose_g
    return 100.0 * solids_g / (brew.water_g + solids_g), poured_g
