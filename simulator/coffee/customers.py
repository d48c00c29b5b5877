"""The customers: who they are, what they find just right, how much a miss costs them.

Black coffee stands on data: 118 people who each tasted 27 drip brews (Cotter et al. 2021). **The ideals
of those who take milk and sugar, and what a miss of them costs, are chosen.**
"""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from simulator.coffee.fitted import fitted_palate, fitted_scatter, scale_numbers
from simulator.coffee.presets import read_presets
from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Scalar
from simulator.errors import InputError

_COTTER = "Cotter et al. 2021 (Dryad 10.25338/B8993H), 3,164 ratings by 118 people: "
_SCALES = _COTTER + "maximum likelihood of the just-about-right answers, an ordered probit"
_COSTS = _COTTER + "maximum likelihood of liking given each person's own answers"
_LEVEL = _COTTER + "makes the mean liking of the group's palate what the group said"
_SPREAD = _COTTER + "maximum likelihood of what each cluster's palates leave: "
_SCATTER = fitted_scatter()
_PAIR = "no data: sized like the penalties of the just-about-right scales"


@dataclass(frozen=True)
class JarScale:
    """One just-about-right scale (1 much too little … 3 just right … 5 much too much)."""

    constant: Scalar = parameter(unit="step", origin="fitted", source=_SCALES)
    """Mean of what is felt at TDS 1.25 % and extraction 20 %, on the scale of the answers."""
    tds_slope: Scalar = parameter(unit="step/%", origin="fitted", source=_SCALES)
    """Steps for one more %TDS-equivalent of the quantity asked for."""
    extraction_slope: Scalar = parameter(unit="step/4 points", origin="fitted", source=_SCALES)
    """What extraction adds on its own: for acidity, beyond sourness falling with it at equal TDS."""
    scatter: Scalar = parameter(unit="step", origin="fitted", source=_SCALES)
    """Standard deviation of what single people feel about single cups."""
    too_low: Scalar = parameter(unit="points/step", origin="fitted", source=_COSTS)
    """Liking lost for each step below just right."""
    too_high: Scalar = parameter(unit="points/step", origin="fitted", source=_COSTS)
    """Liking lost for each step above just right."""
    band: Scalar = parameter(0.0, unit="step", origin="fitted", source=_SCALES)
    """Half-width of what is just right: within it nothing is lost. The answer "just right" reaches half
    a step beyond it on either side."""


@dataclass(frozen=True)
class Palates:
    """What one group of black-coffee drinkers finds just right."""

    intensity: JarScale
    acidity: JarScale
    mouthfeel: JarScale
    too_bitter: Scalar = parameter(unit="points/%", origin="fitted", source=_COSTS)
    """Liking lost for each %TDS-equivalent of bitterness, beside what the scales cost; never below 0."""
    perfect_liking: Scalar = parameter(unit="points", origin="fitted", source=_LEVEL)
    """Liking of a cup in which nothing is ever missed, on the 1–9 scale."""


def palates_from(
    scales: Mapping[str, Mapping[str, Any]], liking: Mapping[str, Any], perfect_liking: Scalar
) -> Palates:
    """Palates from fitted parameters: floats, or draws of shape (count,).

    Args:
        scales: scale -> parameters of its answers.
        liking: parameters of liking given the answers.
        perfect_liking: the level.
    """
    of_scales = {
        name: JarScale(**scale_numbers(answers, liking, name)) for name, answers in scales.items()
    }
    # A cup is never liked for being bitter; where the fit would say so, it cannot be told from 0.
    too_bitter = np.maximum(liking["too_bitter"], 0.0)
    return Palates(**of_scales, too_bitter=too_bitter, perfect_liking=perfect_liking)


def fitted_palates(group: str) -> Palates:
    """The palates of a group as the calibration left them: everyone, cluster_1 or cluster_2."""
    fit = fitted_palate(group)
    scales = {name: block.estimates() for name, block in fit.scales.items()}
    found: Palates = _plain(palates_from(scales, fit.liking.estimates(), fit.perfect_liking))
    return found


def _plain(owner: Any) -> Any:
    """The same with Python floats, which print and fold better than NumPy's."""
    parts = {each.name: getattr(owner, each.name) for each in fields(owner)}
    return type(owner)(**{k: _plain(v) if is_dataclass(v) else float(v) for k, v in parts.items()})


EVERYONE = fitted_palates("everyone")
"""All 118 people."""

CLUSTER_1 = fitted_palates("cluster_1")
"""51 people who like it strong, and do not mind bitterness."""

CLUSTER_2 = fitted_palates("cluster_2")
"""67 people who like it mild: bitterness as such puts them off."""


@dataclass(frozen=True)
class CustomerParameters:
    """The numbers of the customers. Those of sweetness, creaminess and grit are chosen."""

    everyone: Palates = field(default=EVERYONE)
    cluster_1: Palates = field(default=CLUSTER_1)
    cluster_2: Palates = field(default=CLUSTER_2)
    reference_tds_pct: Scalar = parameter(
        1.25, unit="%", origin="chosen", source="origin of the just-about-right planes"
    )
    reference_extraction_pct: Scalar = parameter(
        20.0, unit="%", origin="chosen", source="origin of the just-about-right planes"
    )
    extraction_step_pct: Scalar = parameter(
        4.0, unit="%", origin="chosen", source="unit of the just-about-right planes"
    )
    bitter_threshold: Scalar = parameter(
        0.6,
        unit="%",
        origin="chosen",
        source="ratings cannot tell a threshold below the weakest brews from a straight line",
    )
    bitter_scatter: Scalar = parameter(
        0.5, unit="%", origin="chosen", source="spread of people's bitterness thresholds"
    )
    sweet_gain: Scalar = parameter(0.55, unit="step", origin="chosen", source=_PAIR)
    """Just-about-right steps for one unit of sweetness off the ideal."""
    cream_gain: Scalar = parameter(0.45, unit="step", origin="chosen", source=_PAIR)
    pair_scatter: Scalar = parameter(0.5, unit="step", origin="chosen", source=_PAIR)
    pair_too_low: Scalar = parameter(1.05, unit="points/step", origin="chosen", source=_PAIR)
    pair_too_high: Scalar = parameter(1.4, unit="points/step", origin="chosen", source=_PAIR)
    grit_points: Scalar = parameter(
        0.9, unit="points", origin="chosen", source="no data: sludge costs about a point"
    )
    scale_middle: Scalar = parameter(
        5.0,
        unit="points",
        origin="read",
        source="9-point hedonic scale, 5 neither like nor dislike",
    )
    scale_width: Scalar = parameter(
        2.0, unit="points", origin="chosen", source="slope 1 between liking and score at 5"
    )

    def palates(self, name: str) -> Palates:
        """The palates called ``everyone``, ``cluster_1`` or ``cluster_2``.

        Raises:
            InputError: there are none of that name.
        """
        known = ("everyone", "cluster_1", "cluster_2")
        if name not in known:
            raise InputError(f"palates = {name!r} is unknown; known are: {', '.join(known)}")
        found: Palates = getattr(self, name)
        return found


@dataclass(frozen=True)
class Segment:
    """A kind of customer: a black-coffee palate, and how sweet and creamy the cup should be."""

    name: str
    palates: str
    """``everyone``, ``cluster_1`` or ``cluster_2``."""
    ideal_sweetness: Scalar = parameter(unit="1", origin="chosen", source="no data")
    """On the 0–10 scale of sweetness."""
    ideal_creaminess: Scalar = parameter(unit="1", origin="chosen", source="no data")
    """On the 0–10 scale of creaminess."""


SEGMENTS: Mapping[str, Segment] = read_presets("segments", Segment)
"""The kinds of customers, by name: one file each in ``presets/segments``."""

MEAN_DRINKER = Segment("mean-black-drinker", "everyone", 0.0, 0.0)
"""The average of the people who rated black coffee: nobody in particular, but what fits are held to."""


@dataclass(frozen=True)
class Mix:
    """Who comes: shares of segments, on any scale."""

    name: str
    shares: Mapping[str, Scalar]


def _mixes() -> Mapping[str, Mapping[str, Scalar]]:
    found = read_presets("mixes", Mix)
    for name, mix in found.items():
        unknown = sorted(set(mix.shares) - set(SEGMENTS))
        if unknown or not sum(mix.shares.values()) > 0:
            raise InputError(
                f"mix {name}: {', '.join(unknown) or 'all shares are 0'}; "
                f"give shares of {', '.join(SEGMENTS)}"
            )
    return MappingProxyType({name: mix.shares for name, mix in found.items()})


MIXES: Mapping[str, Mapping[str, float]] = _mixes()
"""Segment -> share (any scale): one file each in ``presets/mixes``."""


def customers_in(mix: str) -> tuple[tuple[Segment, float], ...]:
    """The segments of a mix with their shares, ready for :func:`simulator.coffee.taste`.

    Raises:
        InputError: no mix of that name.

    >>> [(segment.name, share) for segment, share in customers_in("everyday")][:2]
    [('black-strong', 0.14), ('black-mild', 0.18)]
    """
    if mix not in MIXES:
        raise InputError(f"mix = {mix!r} is unknown; known are: {', '.join(MIXES)}")
    return tuple((SEGMENTS[name], share) for name, share in MIXES[mix].items())


@dataclass(frozen=True)
class RatingNoise:
    """How much real ratings scatter around the model's score, on the 9-point scale.

    TDS and extraction explain under 1 % of one person's variance (2.3 and 4.4 % inside the clusters):
    a recommendation is for many cups and many people, never a promise for one.
    """

    within_person_sd: Scalar = parameter(
        _SCATTER["within"],
        unit="points",
        origin="fitted",
        source=_SPREAD + "e; holds what is between a person and a brew",
    )
    between_person_sd: Scalar = parameter(
        _SCATTER["between"], unit="points", origin="fitted", source=_SPREAD + "v, levels"
    )
    tds_slope_sd: Scalar = parameter(
        _SCATTER["slope"],
        unit="points per 0.25 %",
        origin="fitted",
        source=_SPREAD + "w, slopes in TDS",
    )
