"""The customers: who they are, what they find just right, how much a miss costs them.

Black coffee stands on data: 118 people who each tasted 27 drip brews (Cotter et al. 2021). **The ideals
of those who take milk and sugar, and what a miss of them costs, are chosen.**
"""

# ruff: noqa: RUF009 -- parameter() makes a dataclass field

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from simulator.coffee.provenance import parameter
from simulator.coffee.recipe import Scalar
from simulator.errors import InputError

_COTTER = "Cotter et al. 2021 (Dryad 10.25338/B8993H), 3,164 ratings, one level for each person: "
_SCALES = _COTTER + "least squares of the just-about-right answers on TDS and extraction"
_LEFT = _SCALES + "; for acidity what is left once sourness falls with extraction at equal TDS"
_SPREAD = _COTTER + "spread of the answers around that plane, all people together"
_COSTS = _COTTER + "least squares of liking on each person's own answers, serving temperature too"
_BITTER = (
    _COTTER + "most likely value given what those scales cost; 0 where it cannot be told from 0"
)
_PAIR = "no data: sized like the penalties of the just-about-right scales"


@dataclass(frozen=True)
class JarScale:
    """One just-about-right scale (1 much too little … 3 just right … 5 much too much)."""

    constant: Scalar = parameter(unit="step", origin="fitted", source=_SCALES)
    """Mean answer at TDS 1.25 % and extraction 20 %."""
    tds_slope: Scalar = parameter(unit="step/%", origin="fitted", source=_SCALES)
    """Steps for one more %TDS-equivalent of the quantity asked for."""
    extraction_slope: Scalar = parameter(unit="step/4 points", origin="fitted", source=_LEFT)
    scatter: Scalar = parameter(unit="step", origin="fitted", source=_SPREAD)
    """Standard deviation of single answers."""
    too_low: Scalar = parameter(unit="points/step", origin="fitted", source=_COSTS)
    """Liking lost for each step below just right."""
    too_high: Scalar = parameter(unit="points/step", origin="fitted", source=_COSTS)
    """Liking lost for each step above just right."""


@dataclass(frozen=True)
class Palates:
    """What one group of black-coffee drinkers finds just right."""

    intensity: JarScale
    acidity: JarScale
    mouthfeel: JarScale
    too_bitter: Scalar = parameter(unit="points/%", origin="fitted", source=_BITTER)
    """Liking lost for each %TDS-equivalent of bitterness above the threshold."""


EVERYONE = Palates(
    JarScale(2.780, 1.359, -0.011, 0.78, 0.754, 1.242),
    JarScale(3.136, 1.019, -0.057, 0.79, 0.882, 0.978),
    JarScale(2.793, 0.765, 0.023, 0.66, 0.370, 0.587),
    too_bitter=0.0,
)
"""All 118 people. Bitterness as such costs them nothing that can be told from none (0.24 ± 0.28)."""

CLUSTER_1 = Palates(
    JarScale(2.677, 1.392, 0.010, 0.78, 0.820, 1.086),
    JarScale(3.049, 1.198, -0.034, 0.79, 0.898, 0.930),
    JarScale(2.739, 0.913, 0.023, 0.66, 0.505, 0.645),
    too_bitter=0.0,
)
"""51 people who like it strong, and do not mind bitterness (the fit stops at 0)."""

CLUSTER_2 = Palates(
    JarScale(2.858, 1.335, -0.027, 0.78, 0.691, 1.316),
    JarScale(3.202, 0.884, -0.076, 0.79, 0.828, 1.005),
    JarScale(2.834, 0.652, 0.022, 0.66, 0.222, 0.547),
    too_bitter=1.442,
)
"""67 people who like it mild, because bitterness puts them off (1.44 ± .37)."""


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
    perfect_liking: Scalar = parameter(
        7.358,
        unit="points",
        origin="fitted",
        source=_COTTER + "makes the mean liking of everyone's palate 5.85, as rated",
    )
    """Liking of a cup in which nothing is ever missed, on the 1–9 scale."""
    bitter_threshold: Scalar = parameter(1.30, unit="%", origin="fitted", source=_BITTER)
    bitter_scatter: Scalar = parameter(
        0.5, unit="%", origin="chosen", source="spread of people's bitterness thresholds"
    )
    sweet_gain: Scalar = parameter(0.55, unit="step", origin="chosen", source=_PAIR)
    """Just-about-right steps for one unit of sweetness off the ideal."""
    cream_gain: Scalar = parameter(0.45, unit="step", origin="chosen", source=_PAIR)
    pair_scatter: Scalar = parameter(0.5, unit="step", origin="chosen", source=_PAIR)
    pair_too_low: Scalar = parameter(0.9, unit="points/step", origin="chosen", source=_PAIR)
    pair_too_high: Scalar = parameter(1.2, unit="points/step", origin="chosen", source=_PAIR)
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


SEGMENTS: Mapping[str, Segment] = MappingProxyType(
    {
        each.name: each
        for each in (
            Segment("black-strong", "cluster_1", 0.0, 0.0),
            Segment("black-mild", "cluster_2", 0.0, 0.0),
            Segment("milk", "cluster_2", 0.3, 4.0),
            Segment("milk-and-sugar", "cluster_2", 2.6, 4.0),
        )
    }
)
"""The four kinds of customers, by name."""

MEAN_DRINKER = Segment("mean-black-drinker", "everyone", 0.0, 0.0)
"""The average of the people who rated black coffee: nobody in particular, but what fits are held to."""

MIXES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "survey": MappingProxyType(
            {"black-strong": 0.236, "black-mild": 0.310, "milk": 0.284, "milk-and-sugar": 0.165}
        ),
        "everyday": MappingProxyType(
            {"black-strong": 0.14, "black-mild": 0.18, "milk": 0.30, "milk-and-sugar": 0.38}
        ),
    }
)
"""Segment -> share (any scale). ``survey``: habits of 3,959 drinkers (Great American Coffee Taste Test
2023) times the clusters of Cotter et al. 2021. ``everyday``: chosen, a café with more sugar on the table."""


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
        1.57, unit="points", origin="fitted", source=_COTTER + "1.55–1.59; person × brew included"
    )
    between_person_sd: Scalar = parameter(
        0.71, unit="points", origin="fitted", source=_COTTER + "spread of the people's levels"
    )
    tds_slope_sd: Scalar = parameter(
        0.36, unit="points per 0.25 %", origin="fitted", source=_COTTER + "spread of slopes in TDS"
    )
