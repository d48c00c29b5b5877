"""The pictures of a comparison, each with its title, its n, and two sentences on how to read it.

Every module holds the words of its pictures beside the drawing of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from simulator.compare.pictures.distributions import cups, data_profile, ladder
from simulator.compare.pictures.dots import mean_ranks, seconds
from simulator.compare.pictures.looks import looks
from simulator.compare.pictures.options import learning_rates, tuning
from simulator.compare.pictures.picture import Picture
from simulator.compare.pictures.ratios import pairs, performance_profile
from simulator.compare.pictures.targets import targets
from simulator.compare.report import Report

__all__ = ["Picture", "pictures"]


def pictures(report: Report) -> Iterator[Picture]:
    """Every picture that the report has data for, in the order of the page."""
    look = looks(report)
    yield data_profile(report, look)
    yield ladder(report, look)
    yield performance_profile(report, look)
    yield pairs(report)
    yield targets(report, look)
    yield mean_ranks(report, look)
    if report.sensitivities:
        yield learning_rates(report)
    if report.tuned:
        yield tuning(report)
    if report.noisy is not None:
        yield cups(report, look)
    if report.speeds:
        yield seconds(report, look)
