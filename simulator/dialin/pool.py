"""Recipes to choose from: spread over everything that can be made, and crowded where draws say it is good."""

from __future__ import annotations

import numpy as np

from simulator.dialin.kit import KNOBS, Kit
from simulator.dialin.likelihood import Counter
from simulator.dialin.traits import Array, some_of

_SPREAD_OVER = 256
_LEADERS = 12
_NEIGHBOURS = 8
_KEPT = 160


def spread_recipes(kit: Kit, count: int = _SPREAD_OVER, seed: int = 0) -> Array:
    """Recipes all over the kit's ranges, shape (7, C): grind and time evenly by ratio, a third of the cups
    without milk and half without sugar."""
    # Multiples of powers of the root of x⁵ = x + 1 fill four dimensions evenly (Roberts 2018).
    steps = 1.1673039782614187 ** -np.arange(1.0, 5.0)
    unit = (0.5 + 0.1 * seed + steps[:, None] * np.arange(1, count + 1)) % 1.0
    return kit.snapped(_placed(kit, unit))


def _placed(kit: Kit, unit: Array) -> Array:
    rows = np.repeat(kit.settings(grind_um=0.0, time_s=0.0)[:, None], unit.shape[1], axis=1)
    for row, knob in enumerate(KNOBS[:2]):
        low, high = kit.limits(knob)
        rows[row] = low * (high / low) ** unit[row]
    # The share without any comes first, so that "none" is a choice and not a corner.
    for row, knob, none in ((2, "milk_g", 0.33), (3, "sugar_g", 0.5)):
        most = kit.limits(knob)[1]
        rows[row] = most * np.maximum(0.0, (unit[row] - none) / (1.0 - none)) ** 1.5
    return rows


def neighbours(kit: Kit, centres: Array, rng: np.random.Generator, reach: float) -> Array:
    """Recipes around others, shape (7, C): about ``reach`` of each range away, some without milk or sugar."""
    around = np.repeat(centres, _NEIGHBOURS, axis=1)
    shape = around.shape[1]
    for row, knob in enumerate(KNOBS[:2]):
        low, high = kit.limits(knob)
        around[row] *= (high / low) ** (reach * rng.standard_normal(shape))
    for row, knob in ((2, "milk_g"), (3, "sugar_g")):
        moved = around[row] + reach * kit.limits(knob)[1] * rng.standard_normal(shape)
        around[row] = np.where(rng.uniform(size=shape) < 0.5, around[row], moved)
    return kit.snapped(around)


def pool_for(
    kit: Kit, counter: Counter, traits: Array, known: Array, seed: int = 0
) -> tuple[Array, Array]:
    """Recipes worth a thought, shape (7, C), and their scores under each draw, shape (M, C).

    Args:
        kit: what can be made.
        counter: the compiled model.
        traits: the draws, shape (SIZE, M).
        known: cups that must be among them (those brewed so far), shape (7, N).
        seed: of the spread.
    """
    rng = np.random.default_rng(seed)
    few = some_of(traits, 64)
    recipes = spread_recipes(kit, seed=seed)
    scores = counter.scores(few, recipes)
    for reach in (0.10, 0.04):
        near = neighbours(kit, recipes[:, _leaders(scores)], rng, reach)
        recipes = np.concatenate([recipes, near], axis=1)
        scores = np.concatenate([scores, counter.scores(few, near)], axis=1)
    order = np.argsort(-_promise(scores))[:_KEPT]
    chosen = np.unique(np.concatenate([recipes[:, order], known], axis=1).round(9), axis=1)
    return chosen, counter.scores(traits, chosen)


def _promise(scores: Array) -> Array:
    """Good on average, or best of all to somebody."""
    favourite = np.zeros(scores.shape[1])
    np.add.at(favourite, scores.argmax(axis=1), 1.0 / scores.shape[0])
    total: Array = scores.mean(axis=0) + 0.7 * scores.std(axis=0) + 100.0 * favourite
    return total


def _leaders(scores: Array) -> Array:
    on_average = np.argsort(-scores.mean(axis=0))[: _LEADERS // 2]
    to_somebody = np.unique(scores.argmax(axis=1))
    rare = to_somebody[: 2 * _LEADERS]
    leaders: Array = np.unique(np.concatenate([on_average, rare]))
    return leaders


def one_knob_away(recipes: Array, last: Array) -> Array:
    """Which recipes differ from the last cup in one knob at most."""
    differing = np.abs(recipes[: len(KNOBS)] - last[: len(KNOBS), None]) > 1e-6
    near: Array = differing.sum(axis=0) <= 1
    return near


def same(recipes: Array, one: Array) -> Array:
    """Which recipes are this one."""
    alike: Array = np.all(np.abs(recipes - one[:, None]) < 1e-6, axis=0)
    return alike
