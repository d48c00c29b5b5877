"""The taste model: a recipe goes in, a cup is brewed, customers score it.

Plain arithmetic with NumPy and SciPy ufuncs, one file for each station of the walk; the same functions
run on floats, on arrays and on traced values of an engine that this room never imports. See README.md.
"""

from simulator.coffee.beans import BEANS, Bean
from simulator.coffee.cup import titratable_acidity_ml
from simulator.coffee.customers import (
    MEAN_DRINKER,
    MIXES,
    SEGMENTS,
    RatingNoise,
    Segment,
    customers_in,
)
from simulator.coffee.provenance import (
    ParameterRecord,
    list_parameters,
    parameter,
    replace_parameters,
)
from simulator.coffee.ranges import RANGES, Range, check_ranges, ranges_for, unused_liquid
from simulator.coffee.recipe import Brew, Method, Recipe, Scalar, method_named
from simulator.coffee.tasting import (
    DEFAULT,
    Parameters,
    Tasting,
    mean_score,
    share_above,
    taste,
)

__all__ = [
    "BEANS",
    "DEFAULT",
    "MEAN_DRINKER",
    "MIXES",
    "RANGES",
    "SEGMENTS",
    "Bean",
    "Brew",
    "Method",
    "ParameterRecord",
    "Parameters",
    "Range",
    "RatingNoise",
    "Recipe",
    "Scalar",
    "Segment",
    "Tasting",
    "check_ranges",
    "customers_in",
    "list_parameters",
    "mean_score",
    "method_named",
    "parameter",
    "ranges_for",
    "replace_parameters",
    "share_above",
    "taste",
    "titratable_acidity_ml",
    "unused_liquid",
]
