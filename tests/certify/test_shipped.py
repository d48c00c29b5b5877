"""The certificates that come with the program: one for every shipped config, and every one of them holds."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from simulator.certify import SHIPPED, find, verify
from simulator.experiment.config import load
from simulator.experiment.problem import Problem

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
#: Six knobs: 1.8 million boxes, minutes to check.
LONG = {"dose-and-temperature"}


def certified(config):
    problem = Problem(load(config))
    return problem, find(problem, (SHIPPED,))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_config_is_proved(config):
    problem, certificate = certified(config)
    assert certificate is not None, f"scripts/bench certify --write makes one for {config}"
    assert certificate.proved
    assert certificate.upper - certificate.lower <= (1e-6 if problem.size <= 4 else 1e-3)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_the_certified_optimum_is_the_best_that_scipy_finds(config):
    problem, certificate = certified(config)
    starts = np.random.default_rng(5).random((24, problem.size))
    found = min(
        minimize(
            problem.value_and_gradient, start, jac=True, method="L-BFGS-B",
            bounds=[(0.0, 1.0)] * problem.size, options={"ftol": 1e-15, "gtol": 1e-9},
        ).fun
        for start in starts
    )  # fmt: skip
    assert certificate.lower <= found + 1e-10
    assert found == pytest.approx(certificate.upper, abs=2e-6 if problem.size <= 4 else 1e-4)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.json")), ids=lambda path: path.stem)
def test_every_certificate_is_verified(path):
    if path.stem in LONG and not os.environ.get("SOAK"):
        pytest.skip("takes minutes: scripts/test --soak")
    config = next(config for config in CONFIGS if config.stem == path.stem)
    problem, certificate = certified(config)
    assert verify(certificate, problem).boxes == certificate.codes.size
