"""Instances of the shipped configs: other beans, customers, brews and starts, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from simulator.compare.classical_boxes import CLASSICAL
from simulator.experiment.config import experiment_from, load, problem_part
from simulator.experiment.content_key import seed_sequence
from simulator.experiment.experiment import Experiment

SUITE_SEED = "perfect-cup suite 1"
REPEATS = 10
BASES = (
    "house-blend", "black-purist", "latte-bar", "pour-over", "espresso-cliff",
    "over-extracted-start", "top-box", "everyday-mix", "dose-and-temperature",
)  # fmt: skip
RACED = range(6)
"""Which instances of each config are raced; 0 is the config itself."""
TUNED = range(6, 8)
"""Which are for tuning alone, and never raced."""
CUSTOMERS_PER_CUP = (5, 25, 100)

# The config's own three starts, widened to a region of that corner, so that ten starts differ.
_WORST_CORNER = {"grind_um": [200, 270], "time_s": [530, 600], "milk_g": [0, 2], "sugar_g": [0, 1]}
_BEANS = ("light", "medium", "dark")
_OTHERS = {"black-strong": "black-mild", "black-mild": "black-strong"}


def coffee_instances(configs: Path, which: range) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name, config, settings) of the chosen instances of every config in the folder ``configs``."""
    for base in BASES:
        for number in which:
            yield f"{base}/{number}", base, instance(load(configs / f"{base}.yaml"), number)


def noisy_instances(configs: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The noisy config with few, some and many customers to a cup."""
    experiment = load(configs / "noisy-customers.yaml")
    for count in CUSTOMERS_PER_CUP:
        settings = _settings(experiment) | {"seed": experiment.seed}
        settings["noise"] = settings["noise"] | {"customers_per_cup": count}
        yield f"noisy-customers/{count}", "noisy-customers", settings


def classical_instances() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every classical function in its box."""
    for name, test in CLASSICAL.items():
        box = {f"x{i + 1}": [low, high] for i, (low, high) in enumerate(test.box)}
        function = f"simulator.compare.classical:{test.function.__name__}"
        yield name, "classical", {
            "name": name, "seed": 1, "problem": function, "tune": box, "starts": {"repeats": REPEATS},
        }  # fmt: skip


def instance(experiment: Experiment, number: int) -> dict[str, Any]:
    """Settings of one instance of a config: 0 is the config, with ten starts; all others are drawn."""
    rng = np.random.default_rng(seed_sequence(SUITE_SEED, f"{experiment.name}/{number}"))
    settings = _settings(experiment) | {"seed": number}
    if number:
        settings["bean"] = _bean(rng)
        settings["customers"] = _customers(experiment.customers, rng)
        settings["brew"] = _brew(experiment, rng)
        if experiment.objective.kind == "share-above":
            settings["objective"] = settings["objective"] | {
                "threshold": _round(rng.uniform(5, 5.4))
            }
    # Read once, so that what is written into the suite is what an experiment makes of it.
    return _settings(experiment_from(settings)) | {"seed": number}


def _settings(experiment: Experiment) -> dict[str, Any]:
    starts: dict[str, Any] = {"repeats": REPEATS}
    if experiment.name == "over-extracted-start":
        starts["within"] = _WORST_CORNER
    resolved = experiment.resolved()
    return problem_part(experiment) | {
        "name": experiment.name, "bean": resolved["bean"], "starts": starts,
    }  # fmt: skip


def _bean(rng: Generator) -> dict[str, Any]:
    from simulator.coffee import BEANS
    from simulator.experiment.dataclass_options import plain

    preset = plain(BEANS[str(rng.choice(_BEANS))])
    for part in ("e_max", "acid_share", "middle_share", "bitter_share"):
        preset[part] = _round(preset[part] * np.exp(rng.normal(0, 0.05)))
    return dict(preset)


def _customers(shares: Mapping[str, float], rng: Generator) -> dict[str, float]:
    crowd = {name: share for name, share in shares.items() if share > 0}
    if len(crowd) == 1:
        (only,) = crowd
        crowd[_OTHERS.get(only, "milk")] = 0.2
    return {name: _round(share * np.exp(rng.normal(0, 0.5))) for name, share in crowd.items()}


def _brew(experiment: Experiment, rng: Generator) -> dict[str, Any]:
    brew = {
        name: value
        for name, value in experiment.resolved()["brew"].items()
        if name not in experiment.tune
    }
    drawn = {
        "dose_g": brew.get("dose_g", 0) * rng.uniform(0.92, 1.08),
        "temperature_c": rng.uniform(88, 96),
    }
    return brew | {name: _round(value) for name, value in drawn.items() if name in brew}


def _round(number: float) -> float:
    """Four significant digits: what is drawn can be read, and is the same everywhere."""
    return float(f"{number:.4g}")
