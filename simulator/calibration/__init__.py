"""Fits the palates of the taste model to people's ratings, by the project's own backprop and optimizers.

``scripts/calibrate`` runs it; README.md explains it.
"""

from simulator.calibration.groups import GROUPS, Group, best_tds_pct, fit_groups, likelihoods
from simulator.calibration.held_out import held_out_scores
from simulator.calibration.mixture import Mixture, fit_mixture
from simulator.calibration.palate_file import calibrate, differences, write
from simulator.calibration.ratings import DOI, Ratings, read_ratings

__all__ = [
    "DOI",
    "GROUPS",
    "Group",
    "Mixture",
    "Ratings",
    "best_tds_pct",
    "calibrate",
    "differences",
    "fit_groups",
    "fit_mixture",
    "held_out_scores",
    "likelihoods",
    "read_ratings",
    "write",
]
