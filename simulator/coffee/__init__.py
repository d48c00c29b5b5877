"""The taste model: a recipe goes in, a cup is brewed, customers score it.

Plain arithmetic with NumPy and SciPy ufuncs, one file for each station of the walk; the same functions
run on floats, on arrays and on traced values of an engine that this room never imports. See README.md.
"""

from simulator.coffee.beans import BEANS, Bean, bean_from_file
from simulator.coffee.complaints import (
    COMPLAINT_DEFAULT,
    COMPLAINTS,
    JUST_RIGHT,
    TICK_WORDS,
    ComplaintParameters,
    Opinion,
    opinions,
    tick_shares,
)
from simulator.coffee.cup import CUPS, CupParameters, titratable_acidity_ml
from simulator.coffee.customers import (
    MEAN_DRINKER,
    MIXES,
    SEGMENTS,
    RatingNoise,
    Segment,
    customers_in,
)
from simulator.coffee.fitted import PALATE_FILE, standard_errors
from simulator.coffee.provenance import (
    ParameterRecord,
    list_parameters,
    parameter,
    replace_parameters,
)
from simulator.coffee.ranges import RANGES, Range, check_ranges, ranges_for, unused_liquid
from simulator.coffee.recipe import BREWS, Brew, Method, Recipe, Scalar, method_named
from simulator.coffee.tasting import (
    DEFAULT,
    Parameters,
    Tasting,
    mean_score,
    share_above,
    taste,
)
from simulator.coffee.uncertainty import Band, draw_parameters, tasting_bands

__all__ = [
    "BEANS",
    "BREWS",
    "COMPLAINTS",
    "COMPLAINT_DEFAULT",
    "CUPS",
    "DEFAULT",
    "JUST_RIGHT",
    "MEAN_DRINKER",
    "MIXES",
    "PALATE_FILE",
    "RANGES",
    "SEGMENTS",
    "TICK_WORDS",
    "Band",
    "Bean",
    "Brew",
    "ComplaintParameters",
    "CupParameters",
    "Method",
    "Opinion",
    "ParameterRecord",
    "Parameters",
    "Range",
    "RatingNoise",
    "Recipe",
    "Scalar",
    "Segment",
    "Tasting",
    "bean_from_file",
    "check_ranges",
    "customers_in",
    "draw_parameters",
    "list_parameters",
    "mean_score",
    "method_named",
    "opinions",
    "parameter",
    "ranges_for",
    "replace_parameters",
    "share_above",
    "standard_errors",
    "taste",
    "tasting_bands",
    "tick_shares",
    "titratable_acidity_ml",
    "unused_liquid",
]
