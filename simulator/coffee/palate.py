"""The palate: what the drink tastes like, before anyone judges it.

Bitterness, sourness, strength and mouthfeel are in "%TDS-equivalents": all four equal the TDS for a
black immersion brew of 20 % extraction. Sweetness and creaminess run from 0 to 10. **How much milk and
sugar mask is literature in direction and chosen in magnitude.**
"""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

from dataclasses import dataclass

import scipy.special

from simulator.coffee.cup import Cup
from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Method, Scalar

_REFERENCE = "makes it equal TDS in the reference cup: shares .245 .412 .343 at 20 % extraction"
_MASKING = "direction from mixture studies of coffee with milk and sugar; magnitude chosen"
_SWEET = "sweetness of sucrose grows with its concentration to the 1.3, Moskowitz 1970"


@dataclass(frozen=True)
class PalateParameters:
    """The numbers of the palate. Milk and sugar magnitudes are chosen, not measured."""

    softness_g_kg: Scalar = parameter(
        0.5, unit="g/kg", origin="chosen", source="gives the Hill curves a second derivative at 0"
    )
    sweet_half_g_kg: Scalar = parameter(
        100.0, unit="g/kg", origin="chosen", source="sugar of half the full sweetness"
    )
    sweet_exponent: Scalar = parameter(1.3, unit="1", origin="read", source=_SWEET)
    cream_half_g_kg: Scalar = parameter(
        8.0, unit="g/kg", origin="chosen", source="fat of half the full creaminess"
    )
    cream_exponent: Scalar = parameter(1.2, unit="1", origin="chosen", source="as sweetness")
    full_scale: Scalar = parameter(
        10.0, unit="1", origin="chosen", source="sweetness and creaminess of an infinite amount"
    )
    bitter_reference: Scalar = parameter(3.43, unit="g/kg/%", origin="chosen", source=_REFERENCE)
    acid_reference: Scalar = parameter(2.45, unit="g/kg/%", origin="chosen", source=_REFERENCE)
    protein_masks_bitter: Scalar = parameter(0.03, unit="kg/g", origin="chosen", source=_MASKING)
    sweet_masks_bitter: Scalar = parameter(0.16, unit="1", origin="chosen", source=_MASKING)
    protein_masks_sour: Scalar = parameter(0.02, unit="kg/g", origin="chosen", source=_MASKING)
    sweet_masks_sour: Scalar = parameter(0.10, unit="1", origin="chosen", source=_MASKING)
    fat_masks_strength: Scalar = parameter(0.012, unit="kg/g", origin="chosen", source=_MASKING)
    sweet_masks_strength: Scalar = parameter(0.035, unit="1", origin="chosen", source=_MASKING)
    fat_body: Scalar = parameter(0.012, unit="%·kg/g", origin="chosen", source=_MASKING)
    sugar_body: Scalar = parameter(0.004, unit="%·kg/g", origin="chosen", source=_MASKING)
    grit_grind_um: Scalar = parameter(
        330.0, unit="µm", origin="chosen", source="below it an unfiltered cup is gritty"
    )
    grit_width_um: Scalar = parameter(45.0, unit="µm", origin="chosen", source="as grit_grind_um")


@dataclass(frozen=True)
class Perception:
    """What the tongue reports."""

    sweetness: Scalar
    """0–10."""
    creaminess: Scalar
    """0–10."""
    bitterness: Scalar
    """%TDS-equivalents."""
    sourness: Scalar
    """%TDS-equivalents."""
    strength: Scalar
    """Flavour intensity, %TDS-equivalents."""
    mouthfeel: Scalar
    """Body, %TDS-equivalents."""
    grittiness: Scalar
    """0–1; immersion only, since the others are filtered."""


def hill(stimulus: Scalar, half: Scalar, exponent: Scalar, softness: Scalar) -> Scalar:
    """A saturating curve from 0 to 1, twice differentiable at 0.

    p/(half^n + p) with p = (S² + c²)^(n/2) − c^n: a Hill curve of exponent n for S ≫ c, and a
    parabola within c of zero, where S^n would have an infinite second derivative.

    >>> float(hill(0.0, 100.0, 1.3, 0.5))
    0.0
    """
    # (c·c)**(n/2), not c**n: the difference is then exactly 0 at S = 0.
    power = (stimulus**2 + softness * softness) ** (exponent / 2.0) - (softness * softness) ** (
        exponent / 2.0
    )
    return power / (half**exponent + power)


def perceive(
    cup: Cup, grind_um: Scalar, method: Method, parameters: PalateParameters
) -> Perception:
    """Taste a drink.

    Args:
        cup: the drink.
        grind_um: grind size, µm, for the grit of an immersion brew.
        method: the brewing method.
        parameters: the palate's numbers.
    """
    here = parameters
    soft = here.softness_g_kg
    sweet = here.full_scale * hill(cup.sugar_g_kg, here.sweet_half_g_kg, here.sweet_exponent, soft)
    cream = here.full_scale * hill(cup.fat_g_kg, here.cream_half_g_kg, here.cream_exponent, soft)
    bitter_masks = (1.0 + here.protein_masks_bitter * cup.protein_g_kg) * (
        here.bitter_reference * (1.0 + here.sweet_masks_bitter * sweet)
    )
    sour_masks = (1.0 + here.protein_masks_sour * cup.protein_g_kg) * (
        here.acid_reference * (1.0 + here.sweet_masks_sour * sweet)
    )
    strength_masks = (1.0 + here.fat_masks_strength * cup.fat_g_kg) * (
        1.0 + here.sweet_masks_strength * sweet
    )
    coffee = 0.1 * cup.solids_g_kg
    return Perception(
        sweetness=sweet,
        creaminess=cream,
        bitterness=cup.bitter_g_kg / bitter_masks,
        sourness=cup.acids_g_kg / sour_masks,
        strength=coffee / strength_masks,
        mouthfeel=coffee + here.fat_body * cup.fat_g_kg + here.sugar_body * cup.sugar_g_kg,
        grittiness=_grittiness(grind_um, method, here),
    )


def _grittiness(grind_um: Scalar, method: Method, parameters: PalateParameters) -> Scalar:
    if method != Method.IMMERSION:
        return 0.0
    finer = (parameters.grit_grind_um - grind_um) / parameters.grit_width_um
    return scipy.special.expit(finer)
