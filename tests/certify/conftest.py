"""One small problem, a proof of it, and a forger."""

import dataclasses

import pytest

from simulator.certify import Examiner, Plan, prove, verify
from simulator.experiment.config import experiment_from
from simulator.experiment.problem import Problem


@pytest.fixture(scope="session")
def coffee_problem():
    settings = {
        "name": "one-cup",
        "customers": "black-mild",
        "brew": "pour-over",
        "tune": ["grind_um", "milk_g"],
        "fixed": {"time_s": 180, "sugar_g": 1},
    }
    return Problem(experiment_from(settings))


@pytest.fixture(scope="session")
def examiner(coffee_problem):
    """Made once: writing down the bounds takes longer than these proofs."""
    return Examiner(coffee_problem.graph, "numpy")


@pytest.fixture(scope="session")
def certificate(coffee_problem, examiner):
    return prove(coffee_problem, Plan(within=1e-3, dialect="numpy"), examiner=examiner)


@pytest.fixture
def check(examiner):
    return lambda certificate, problem=None: verify(certificate, problem, examiner)


@pytest.fixture
def forged(certificate):
    """The certificate with other claims; written anew, it even has a checksum that fits."""
    return lambda **claims: dataclasses.replace(certificate, **claims)
