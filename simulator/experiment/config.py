"""Reads a config file into an experiment, and tells experiments apart.

::

    experiment = load("configs/house-blend.yaml")
    experiment.tune["grind_um"].low     # 200.0
    experiment.resolved()               # plain data that loads again to an equal experiment

All faults of a file are reported at once, each with its line and column, by
:class:`~simulator.experiment.faults.ConfigFaults`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from simulator.coffee import DEFAULT
from simulator.experiment.experiment import Experiment
from simulator.experiment.extends import extended
from simulator.experiment.faults import ConfigFaults, Fault
from simulator.experiment.hidden_faults import all_faults
from simulator.experiment.own_presets import with_own_presets
from simulator.experiment.sweep import without_sweep
from simulator.experiment.yaml_source import parse_yaml, read_yaml
from simulator.experiment.yaml_tree import Document

__all__ = [
    "Experiment",
    "experiment_from",
    "experiment_of",
    "load",
    "load_cup",
    "loads",
    "problem_part",
    "run_part",
]


def load(path: str | os.PathLike[str]) -> Experiment:
    """Read and check the config at ``path``, joined with the one it extends; its sweep is left aside.

    Raises :class:`~simulator.experiment.faults.ConfigFaults` (a ConfigError) with all its faults.
    """
    return experiment_of(without_sweep(extended(read_yaml(path))))


def load_cup(path: str | os.PathLike[str]) -> Experiment:
    """As :func:`load`, for what can only be said of a cup of coffee.

    Raises ConfigFaults as well where the config names a function of its own instead.
    """
    experiment = load(path)
    if experiment.problem is not None:
        told = Fault(
            os.fspath(path),
            None,
            None,
            "problem",
            "this command is about a cup of coffee, and the config about a function",
            got=experiment.problem,
            remedy="use simulator run, or another config",
        )
        raise ConfigFaults(told.file, [told])
    return experiment


def loads(text: str, file: str = "<text>") -> Experiment:
    """Read and check a config given as text; ``file`` names it in messages.

    >>> experiment = loads("name: morning-cup")
    >>> list(experiment.tune), experiment.brew.water_g
    (['grind_um', 'time_s', 'milk_g', 'sugar_g'], 240.0)
    """
    return experiment_of(without_sweep(extended(parse_yaml(text, file))))


def experiment_of(document: Document) -> Experiment:
    """Check a config that was read. Raises as :func:`load` does."""
    data, by_section = with_own_presets(document, Experiment)
    beside = [*document.faults, *(fault for faults in by_section.values() for fault in faults)]
    try:
        experiment = Experiment.model_validate(data)
    except ValidationError as error:
        told = all_faults(error, data, document, Experiment, document.file, without=by_section)
        known = {fault.where for fault in document.faults}
        fresh = [fault for fault in told if fault.where not in known]
        raise ConfigFaults(document.file, [*beside, *fresh]) from None
    if beside:
        raise ConfigFaults(document.file, beside)
    return experiment


def experiment_from(settings: Mapping[str, Any], source: str = "<settings>") -> Experiment:
    """Check a config given as plain data, such as :meth:`Experiment.resolved` gives.

    Raises as :func:`load` does; the faults have no lines. ``source`` names the data in messages.
    """
    try:
        return Experiment.model_validate(dict(settings))
    except ValidationError as error:
        raise ConfigFaults(source, all_faults(error, settings, None, Experiment, source)) from None


def problem_part(experiment: Experiment) -> dict[str, Any]:
    """The settings that define the mathematical problem: objective, box and noise.

    Runs are compared with each other only where these are equal.
    """
    if experiment.problem is not None:
        return experiment.sections("problem", "tune")
    part = experiment.sections("bean", "tune", "brew", "fixed", "customers", "objective", "noise")
    part["bean"].pop("name", None)
    # The usual cup, and segments that do not come, are left out: they change nothing.
    if experiment.cup != DEFAULT.cup:
        part |= experiment.sections("cup")
    segments = experiment.sections("segments").get("segments", {})
    coming = {name: segments[name] for name in experiment.customers if name in segments}
    return part | ({"segments": coming} if coming else {})


def run_part(experiment: Experiment) -> dict[str, Any]:
    """What decides a run beside its optimizer and its repeat: problem, seed, starts, stopping rule.

    The number of repeats is left out: more repeats join those that exist.
    """
    part = experiment.sections("seed", "starts", "stop")
    del part["starts"]["repeats"]
    return problem_part(experiment) | part
