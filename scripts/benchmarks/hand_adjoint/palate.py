"""The palate by hand: concentrations and d → what the tongue reports, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.counting import Functions
from benchmarks.hand_adjoint.sums import Back, Scalar
from simulator.coffee import DEFAULT


def _hill(half: float, exponent: float, softness: float, scale: float) -> Callable[[Scalar], Any]:
    """A stimulus → its soft Hill curve, and back."""
    soft, top = softness * softness, half**exponent
    at_zero, slope = soft ** (exponent / 2.0), scale * top * exponent

    def curve(stimulus: Scalar) -> tuple[Scalar, Back]:
        square = stimulus * stimulus + soft
        power = square ** (exponent / 2.0)
        above = power - at_zero
        below = top + above

        def back(of_curve: Scalar) -> Scalar:
            return slope * of_curve * stimulus * power / (square * below * below)

        return scale * above / below, back

    return curve


def _masked(
    quantity: Scalar, one: Scalar, other: Scalar, reference: float = 1.0
) -> tuple[Scalar, Back]:
    """quantity / (reference · one · other), and back to the quantity and *less* for the two masks."""
    masks = one * (reference * other) if reference != 1.0 else one * other
    felt = quantity / masks

    def back(of_felt: Scalar) -> tuple[Scalar, Scalar, Scalar]:
        lost = of_felt * felt
        return of_felt / masks, lost / one, lost / other

    return felt, back


def palate_station(functions: Functions) -> Callable[..., Any]:
    """Concentrations and d → what the tongue reports, and back to concentrations and d·d̄."""
    here = DEFAULT.palate
    soft, full = here.softness_g_kg, here.full_scale
    sweeten = _hill(here.sweet_half_g_kg, here.sweet_exponent, soft, full)
    cream_up = _hill(here.cream_half_g_kg, here.cream_exponent, soft, full)

    def perceive(served: Sequence[Scalar], d: Scalar) -> tuple[tuple[Scalar, ...], Back]:
        solids, acids, bitters, protein, fat, sugar = served
        sweetness, sweetness_back = sweeten(sugar)
        creaminess, creaminess_back = cream_up(fat)
        coffee = 0.1 * solids
        fat_body = here.fat_body * fat
        bitterness, bitterness_back = _masked(
            bitters,
            1.0 + here.protein_masks_bitter * protein,
            1.0 + here.sweet_masks_bitter * sweetness,
            here.bitter_reference,
        )
        sourness, sourness_back = _masked(
            acids,
            1.0 + here.protein_masks_sour * protein,
            1.0 + here.sweet_masks_sour * sweetness,
            here.acid_reference,
        )
        strength, strength_back = _masked(
            coffee,
            1.0 + here.fat_masks_strength * fat,
            1.0 + here.sweet_masks_strength * sweetness,
        )
        mouthfeel = coffee + fat_body + here.sugar_body * sugar
        grit = functions.expit((here.grit_grind_um - d) / here.grit_width_um)

        def back(of_perceived: Sequence[Scalar]) -> tuple[tuple[Scalar, ...], Scalar]:
            of_sweet, of_cream, of_bitter, of_strength, of_sour, of_body, of_grit = of_perceived
            of_bitters, bitter_protein, bitter_sweet = bitterness_back(of_bitter)
            of_acids, sour_protein, sour_sweet = sourness_back(of_sour)
            of_coffee, strength_fat, strength_sweet = strength_back(of_strength)
            of_sweet = (
                of_sweet
                - here.sweet_masks_bitter * bitter_sweet
                - here.sweet_masks_sour * sour_sweet
                - here.sweet_masks_strength * strength_sweet
            )
            # Protein only masks, so its adjoint is all minus.
            of_protein = (
                -here.protein_masks_bitter * bitter_protein - here.protein_masks_sour * sour_protein
            )
            of_fat = (
                here.fat_body * of_body
                - here.fat_masks_strength * strength_fat
                + creaminess_back(of_cream)
            )
            of_sugar = here.sugar_body * of_body + sweetness_back(of_sweet)
            d_log = (of_grit * grit) * (grit - 1.0) * (d / here.grit_width_um)
            of_solids = 0.1 * (of_coffee + of_body)
            return (of_solids, of_acids, of_bitters, of_protein, of_fat, of_sugar), d_log

        return (sweetness, creaminess, bitterness, strength, sourness, mouthfeel, grit), back

    return perceive
