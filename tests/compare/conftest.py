"""A small race that is run once: two cups and a classical function, three optimizers, four starts."""

import pytest

from simulator.compare.race import run_stage
from simulator.compare.reading import read_stage
from simulator.compare.stages import Stage, labelled
from simulator.compare.suite import read_suite


@pytest.fixture(scope="session")
def suite():
    return read_suite()


@pytest.fixture(scope="session")
def make_stage(suite):
    by_name = {each.name: each for each in (*suite.raced, *suite.noisy)}

    def make(
        names=("newton", "adam", "slsqp"),
        problems=("house-blend/0", "pour-over/1", "beale"),
        **more,
    ):
        instances = tuple(by_name[name] for name in problems)
        settings = {"budget": 150, "repeats": 4} | more
        return Stage("race", "test", instances, tuple(map(labelled, names)), **settings)

    return make


@pytest.fixture(scope="session")
def raced(make_stage, tmp_path_factory):
    """A stage that has been run, and its folder."""
    stage, folder = make_stage(), tmp_path_factory.mktemp("raced") / "race"
    run_stage(stage, folder)
    return stage, folder


@pytest.fixture(scope="session")
def hits(raced):
    return read_stage(*raced)
