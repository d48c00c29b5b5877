"""Grinder and brewer by hand: (d, t) → yields, and back to d·d̄ and t·t̄."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.counting import Functions
from benchmarks.hand_adjoint.sums import Back, Scalar, dot, summed
from simulator.coffee import DEFAULT
from simulator.coffee.brewer import mobility
from simulator.experiment.problem import Problem


def brewer_station(problem: Problem, functions: Functions) -> Callable[[Scalar, Scalar], Any]:
    """(d, t) → (acids, middle, bitter, extraction yield), and back to d·d̄ and t·t̄."""
    grinder, here, exp = DEFAULT.grinder, DEFAULT.brewer, functions.exp
    settings, bean = problem.experiment.brew.brew(), problem.experiment.bean
    speed = float(mobility(settings.temperature_c, here))
    roots, weights = (each.tolist() for each in np.polynomial.hermite.hermgauss(5))
    masses = [weight / math.sqrt(math.pi) for weight in weights]
    sizes = [math.exp(math.sqrt(2.0) * root * grinder.coarse_spread) for root in roots]
    depths = [-6.0 * grinder.broken_layer_um / size for size in sizes]
    diffusivities = (
        here.acid_diffusivity_m2_s,
        here.middle_diffusivity_m2_s,
        here.bitter_diffusivity_m2_s,
    )
    rates = [[-15.0 * speed * D / (0.5e-6 * size) ** 2 for size in sizes] for D in diffusivities]
    shares = np.array([bean.acid_share, bean.middle_share, bean.bitter_share])
    kelvin = settings.temperature_c + 273.15
    warmer = 1.0 / kelvin - 1.0 / here.equilibrium_temperature_k
    dissolved = here.equilibrium_fraction * math.exp(-here.equilibrium_heat_k * warmer)
    soluble_pct = 100.0 * bean.e_max * dissolved
    most = (soluble_pct * shares / shares.sum()).tolist()

    def brew(d: Scalar, t: Scalar) -> tuple[list[Scalar], Back]:
        power = (d / grinder.fines_size_um) ** grinder.fines_exponent
        fines = 1.0 / (1.0 + power)
        coarse = 1.0 - fines
        depth = [each / d for each in depths]
        cores = [mass * exp(each) for mass, each in zip(masses, depth, strict=True)]
        soaking = (-speed / here.wash_time_s) * t
        unwashed = exp(soaking)
        washed = 1.0 - unwashed
        waiting = unwashed * summed(cores)
        spread = t / (d * d)
        held_by = [
            [core * exp(rate * spread) for core, rate in zip(cores, row, strict=True)]
            for row in rates
        ]
        held = [waiting - summed(row) for row in held_by]
        yields = [whole * (washed + coarse * each) for whole, each in zip(most, held, strict=True)]

        def back(of_yields: Sequence[Scalar]) -> tuple[Scalar, Scalar]:
            of_fractions = [whole * each for whole, each in zip(most, of_yields, strict=True)]
            of_washed = summed(of_fractions)
            of_coarse = dot(of_fractions, held)
            of_waiting = coarse * of_washed
            of_held = [coarse * each for each in of_fractions]
            # What diffusion holds back, times its adjoint: all that is left to know about it.
            blame = [
                [each * part for part in row] for each, row in zip(of_held, held_by, strict=True)
            ]
            spread_log = spread * summed(
                dot(row, rate) for row, rate in zip(blame, rates, strict=True)
            )
            per_core = of_waiting * unwashed
            cores_log = [
                per_core * core - summed(column)
                for core, column in zip(cores, zip(*blame, strict=True), strict=True)
            ]
            soaked = (of_waiting * waiting - of_washed * unwashed) * soaking
            fines_log = (grinder.fines_exponent * of_coarse) * (fines * coarse)
            d_log = fines_log + 2.0 * spread_log - dot(cores_log, depth)
            return d_log, soaked - spread_log

        return [*yields, summed(yields)], back

    return brew
