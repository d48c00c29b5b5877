"""Other libraries' optimizers keep the promises of the room; skipped where a library is missing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import SeedSequence

from simulator.errors import PluginError
from simulator.optimizers import Box, Counted, Stopping, missing_library, source
from simulator.optimizers.adapters.nlopt import NLopt
from simulator.optimizers.adapters.optax import Optax
from simulator.optimizers.adapters.optimagic import Optimagic
from simulator.optimizers.adapters.torch import Torch
from simulator.optimizers.conformance import check
from simulator.optimizers.options import word_choices
from simulator.optimizers.plugins import ADAPTERS

# Loaded for the first time, these libraries warn about each other and about the machine.
pytestmark = pytest.mark.filterwarnings("ignore")

VARIANTS = [
    *[Optax(rule=rule) for rule in word_choices(Optax, "rule")],
    *[Torch(rule=rule) for rule in word_choices(Torch, "rule")],
    *[NLopt(algorithm=name) for name in word_choices(NLopt, "algorithm")],
    *[Optimagic(algorithm=name) for name in ("scipy_lbfgsb", "scipy_neldermead", "scipy_truncated_newton")],
]  # fmt: skip


def needed(kind):
    missing = missing_library(kind)
    if missing:
        pytest.skip(missing)


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_adapter_keeps_every_promise(name):
    needed(source(name).load())
    check(source(name).load()).require()


@pytest.mark.parametrize("method", VARIANTS, ids=lambda method: str(method)[:60])
def test_each_algorithm_of_a_library_stays_inside_counts_and_tells_the_truth(method):
    needed(type(method))
    check(method, "bounds", "budget", "counting", "honesty", "determinism").require()


@pytest.mark.parametrize(
    "method", [v for v in VARIANTS if isinstance(v, Optax)], ids=lambda m: m.rule
)
def test_each_rule_of_optax_treats_its_columns_apart(method):
    needed(Optax)
    check(method, "company").require()


@pytest.mark.parametrize(
    ("name", "gap"),
    [("optax", 1e-8), ("torch", 1e-8), ("nlopt", 1e-8), ("cma-es", 1e-8), ("optimagic", 1e-6)],
)  # fmt: skip
def test_an_adapter_finds_the_bottom_of_a_bowl(name, gap, bowl):
    kind = source(name).load()
    needed(kind)
    box, start = Box.unit(2), np.array([[0.9], [0.1]])
    (outcome,) = kind().minimize(Counted(bowl, box), box, start, Stopping(), [SeedSequence(3)])
    assert outcome.value <= gap


@pytest.mark.parametrize("name", ADAPTERS)
def test_without_its_library_an_adapter_says_what_to_install(name, bowl, monkeypatch):
    kind, box = source(name).load(), Box.unit(2)
    monkeypatch.setattr(kind, "library", "a_library_nobody_has")
    with pytest.raises(PluginError, match=r"pip install 'perfect-cup\[bench\]'"):
        kind().minimize(Counted(bowl, box), box, np.ones((2, 1)), Stopping(), [SeedSequence(3)])


@pytest.mark.parametrize(
    ("kind", "option"), [(Optax, "rule"), (Torch, "rule"), (NLopt, "algorithm"), (Optimagic, "algorithm")]
)  # fmt: skip
def test_an_unknown_algorithm_is_refused(kind, option):
    with pytest.raises(ValueError, match=f"{option} must be"):
        kind(**{option: "no such"})
