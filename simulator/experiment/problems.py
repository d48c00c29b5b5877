"""Problems that were compiled before, so that points of a study with the same cup share one program."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from simulator.experiment.config import Experiment
from simulator.experiment.function import Code
from simulator.experiment.problem import Problem

# One cup's programs take about 2 MB; a study visits its cups one after another.
_KEPT = 8

_PROGRAMS = (
    "graph",
    "fingerprint",
    "hash",
    "value_program",
    "gradient_program",
    "hessian_program",
    "map_program",
)


class ProblemShelf:
    """Makes problems from experiments; those that differ in seed, starts or optimizers share programs.

    ``code`` is leave to run the function that an experiment names instead of a cup; ``fingerprints``, by
    the hash of a problem, are those that need not be computed.
    """

    def __init__(
        self,
        kept: int = _KEPT,
        code: Code | None = None,
        fingerprints: Mapping[str, str] | None = None,
    ) -> None:
        self._kept = kept
        self._code = code
        self._fingerprints = fingerprints or {}
        self._known: OrderedDict[str, Problem] = OrderedDict()

    def problem(self, experiment: Experiment) -> Problem:
        """The problem of an experiment, with whatever was compiled for its like."""
        problem = Problem(experiment, code=self._code)
        known = self._known.pop(problem.hash, problem)
        if known is not problem:
            found = {name: known.__dict__[name] for name in _PROGRAMS if name in known.__dict__}
            problem.__dict__.update(found)
        elif problem.hash in self._fingerprints:
            problem.__dict__["fingerprint"] = self._fingerprints[problem.hash]
        self._known[problem.hash] = problem
        if len(self._known) > self._kept:
            self._known.popitem(last=False)
        return problem
