"""Noisy customers: the same people taste the k-th cup of every optimizer; the true mean decides.

A cup satisfies a target when its *true* mean score, over all customers there could be, is within the
gap of the best; the optimizer sees only what a few people said. How many cups it had served by then is
the cost: a gradient is asked of the same people as the value, so a visit is a cup, whatever is asked.
"""

from __future__ import annotations

from simulator.compare.presets import Preset, race_stage
from simulator.compare.stages import Stage
from simulator.compare.suite import Suite

GAPS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
"""Targets of noisy problems, in points of the score (or shares)."""
GAP = 0.05
"""The one that tables show: as near as the check of a noisy experiment asks."""
CUPS = 300


def noisy_stage(suite: Suite, preset: Preset) -> Stage:
    """Every optimizer with its defaults on noisy problems, 300 cups a run."""
    race = race_stage(suite, preset)
    # The middle one first: it is the shipped config.
    order = sorted(suite.noisy, key=lambda each: each.settings["noise"]["customers_per_cup"] != 25)
    return Stage(
        "noisy", race.suite, tuple(order[: preset.noisy]), race.choices, CUPS, preset.repeats
    )
