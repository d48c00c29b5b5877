"""The suite: problems frozen with their reference optima, known by hashes, never mixed with others.

The file ``data/suite-1.json`` holds every problem's settings, the hash of what it computes, and its
reference. A hash is of the settings, of the starts and of the values at five points, so it changes when the
problem or the model behind it does, and not when the engine merely arranges the same arithmetic differently.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from simulator.compare.references import Reference
from simulator.errors import ResultsError
from simulator.experiment.config import experiment_from, run_part
from simulator.experiment.content_key import canonical_hash, seed_sequence
from simulator.experiment.function import Code
from simulator.experiment.problem import Problem

VERSION = 1
CLASSICAL_GROUP = "classical"
_PROBES = 5


@dataclass(frozen=True)
class Instance:
    """One problem of a comparison.

    Attributes:
        name: its name in tables, such as "house-blend/3".
        group: the config it was drawn from, or "classical".
        settings: what an experiment is made of: problem, starts, seed.
        hash: of what it computes; results of other hashes are refused.
        reference: the least value known, from outside every race.
        operations: of a value, of a value with its gradient, of both with the Hessian.
        code: leave to run a function of the user's that the settings name; never stored.
    """

    name: str
    group: str
    settings: Mapping[str, Any]
    hash: str
    reference: Reference
    operations: tuple[int, int, int]
    code: Code | None = None

    @property
    def problem(self) -> Problem:
        """The problem, made afresh: an instance stays plain data that can go to a worker."""
        return problem_from(self.settings, self.code)

    @property
    def size(self) -> int:
        """n, the number of parameters."""
        return len(self.settings["tune"])

    @property
    def is_classical(self) -> bool:
        """Whether it is one of the classical functions."""
        return self.group == CLASSICAL_GROUP

    @property
    def family(self) -> str:
        """What it resembles: instances of one config are kin, every classical function stands alone."""
        return self.name if self.is_classical else self.group

    def check(self) -> None:
        """Raise ResultsError unless the problem still computes what the reference belongs to."""
        now = problem_hash(self.problem)
        if now != self.hash:
            raise ResultsError(
                f"{self.name}: the problem has hash {now[:12]}, its reference optimum belongs to "
                f"{self.hash[:12]}: the taste model or the suite has changed. Make the references "
                "again with scripts/suite, and give the suite a new version"
            )

    def plain(self) -> dict[str, Any]:
        """As plain data for the file."""
        return {
            "name": self.name,
            "group": self.group,
            "hash": self.hash,
            "operations": list(self.operations),
            "reference": asdict(self.reference),
            "settings": dict(self.settings),
        }


@dataclass(frozen=True)
class Suite:
    """Problems to race on, others to tune on, and problems with noise."""

    raced: tuple[Instance, ...]
    tuning: tuple[Instance, ...]
    noisy: tuple[Instance, ...]
    version: int = VERSION

    @cached_property
    def hash(self) -> str:
        """Of all its problems."""
        parts = (self.raced, self.tuning, self.noisy)
        return canonical_hash([self.version, *([each.hash for each in part] for part in parts)])


def read_suite(path: Path | None = None) -> Suite:
    """The suite that comes with the package, or the one in a file."""
    shipped = files("simulator.compare") / "data" / f"suite-{VERSION}.json"
    content = json.loads((path or shipped).read_text(encoding="utf-8"))
    parts = {part: tuple(map(_instance, content[part])) for part in ("raced", "tuning", "noisy")}
    return Suite(**parts, version=content["version"])


def suite_text(suite: Suite) -> str:
    """The file of a suite, one line for each problem."""
    parts = []
    for part in ("raced", "tuning", "noisy"):
        lines = ",\n".join(f"  {json.dumps(each.plain())}" for each in getattr(suite, part))
        parts.append(f' "{part}": [\n{lines}\n ]')
    return "{\n" + f' "version": {suite.version},\n' + ",\n".join(parts) + "\n}\n"


def problem_from(settings: Mapping[str, Any], code: Code | None = None) -> Problem:
    """The problem of an instance's settings.

    Raises ResultsError for a function that is none of this package's, unless there is leave to run it.
    """
    experiment = experiment_from(settings)
    named = experiment.problem
    if named is not None and named.startswith("simulator.compare.classical:"):
        code = Code(Path())
    elif named is not None and code is None:
        raise ResultsError(
            f"{named}: a suite's functions come from simulator.compare.classical; one of your own is raced "
            "with simulator compare CONFIG --allow-code"
        )
    return Problem(experiment, code=code)


def problem_hash(problem: Problem) -> str:
    """Of the problem's settings, of where runs start, and of its values, to nine digits, at five points."""
    part = {name: of for name, of in run_part(problem.experiment).items() if name != "stop"}
    rng = np.random.default_rng(seed_sequence(canonical_hash(part), "probes"))
    values = problem.value_program(rng.random((problem.size, _PROBES)))[0]
    return canonical_hash({"problem": part, "values": [f"{value:.8e}" for value in values]})


def instance_of(
    name: str,
    group: str,
    settings: Mapping[str, Any],
    reference: Reference,
    code: Code | None = None,
) -> Instance:
    """An instance of this very day: its hash and its operations are computed."""
    problem = problem_from(settings, code)
    cost = problem.graph.cost()
    assert cost.with_hessian is not None
    operations = (cost.forward, cost.with_gradient, cost.with_hessian)
    return Instance(name, group, settings, problem_hash(problem), reference, operations, code)


def _instance(content: Mapping[str, Any]) -> Instance:
    told = content["reference"]
    return Instance(
        content["name"],
        content["group"],
        content["settings"],
        content["hash"],
        Reference(**{**told, "point": tuple(told["point"])}),
        tuple(content["operations"]),
    )
