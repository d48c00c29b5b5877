"""The distinct runs of a study, in units: repeats of one optimizer on one point.

Points of a sweep often share runs: where only Adam's learning rate varies, Nesterov's runs are the same at
every point, and so are those of the methods that check. A run is computed once, at the first point
that has it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from simulator.experiment.config import run_part
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.function import Code
from simulator.experiment.problem import Problem
from simulator.experiment.problems import ProblemShelf
from simulator.experiment.results import Results
from simulator.experiment.runs import Task, run_keys, task_settings, tasks
from simulator.experiment.study import Point, Study, study_from
from simulator.optimizers import BATCHED_FAMILIES

SIDE_BY_SIDE = 16
"""Repeats of our own methods advance as one batch: alone each takes three to four times as long as
among ten; beyond sixteen little is gained. Solvers of scipy run one repeat after another anyway."""


_KEYED_AT_ONCE = 64 * SIDE_BY_SIDE
"""Keys of so many repeats are held at a time."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Repeats ``first`` to ``end`` (exclusive) of one task at one point."""

    point: int
    task: int
    label: str
    first: int
    end: int
    together: int
    """So many of its repeats are not parted, because they are cheaper side by side."""

    @property
    def runs(self) -> int:
        """How many runs it has."""
        return self.end - self.first


class Plan:
    """All distinct runs of a study.

    Making it checks every point: raises ConfigFaults, naming the setting, if one does not fit. ``code``
    is leave to run the function that the study's config names; workers are given it, too. ``models``
    are fingerprints of problems, by their hash, that need not be computed.
    """

    def __init__(
        self,
        study: Study,
        code: Code | None = None,
        models: Mapping[str, str] | None = None,
    ) -> None:
        self.study = study
        self.code = code
        self.shelf = ProblemShelf(code=code, fingerprints=models)
        self.units = tuple(_units(study))

    @cached_property
    def runs(self) -> int:
        """How many distinct runs there are."""
        return sum(unit.runs for unit in self.units)

    @cached_property
    def blocks(self) -> int:
        """How many groups of repeats there are that advance side by side."""
        return sum(-(-unit.end // SIDE_BY_SIDE) - unit.first // SIDE_BY_SIDE for unit in self.units)

    @cached_property
    def runs_by_label(self) -> Counter[str]:
        """The same per label of an optimizer, in the order of the study."""
        counted: Counter[str] = Counter()
        for unit in self.units:
            counted[unit.label] += unit.runs
        return counted

    @cached_property
    def model(self) -> str:
        """Fingerprint of the arithmetic of the first problem."""
        return self.shelf.problem(self.study.first).fingerprint

    @cached_property
    def models(self) -> dict[str, str]:
        """Of a sweep over a function: the fingerprint of every problem, by its hash.

        Coffee's can always be computed again; a function's only with leave to run it.
        """
        if self.study.first.problem is None or not self.study.axes:
            return {}
        problems = (self.shelf.problem(point.experiment) for point in self.study)
        return {problem.hash: problem.fingerprint for problem in problems}

    def keyed(self) -> Iterator[tuple[Unit, list[str]]]:
        """All units with the content keys of their runs, a thousand runs at most at a time."""
        point: Point | None = None
        for unit in self.units:
            if point is None or point.index != unit.point:
                point = self.study.point(unit.point)
                problem, work = self.shelf.problem(point.experiment), tasks(point.experiment)
            for first in range(unit.first, unit.end, _KEYED_AT_ONCE):
                end = min(first + _KEYED_AT_ONCE, unit.end)
                keys = run_keys(problem, work[unit.task], range(first, end))
                yield replace(unit, first=first, end=end), keys


def plan_of(results: Results) -> Plan:
    """What a results folder holds or will hold; nothing is run or compiled for it."""
    study, manifest = study_from(results.config, str(results.folder)), results.manifest
    first = {Problem(study.first).hash: manifest.model} if manifest.model else {}
    return Plan(study, models=first | dict(manifest.models))


def keys_of(plan: Plan, point: Point) -> list[tuple[Task, list[str]]]:
    """The tasks of one point with the keys of all their runs, those shared with other points too."""
    problem = plan.shelf.problem(point.experiment)
    return [(task, run_keys(problem, task)) for task in tasks(point.experiment)]


def _units(study: Study) -> Iterator[Unit]:
    planned: dict[bytes, int] = {}
    for point in study:
        decided = canonical_hash(run_part(point.experiment))
        repeats = point.experiment.starts.repeats
        for index, task in enumerate(tasks(point.experiment)):
            who = bytes.fromhex(canonical_hash([decided, task_settings(task)]))
            first = planned.get(who, 0)
            if first < repeats:
                planned[who] = repeats
                # One text for all units of an optimizer.
                label, together = sys.intern(task.choice.label), _together(task)
                yield Unit(point.index, index, label, first, repeats, together)


def _together(task: Task) -> int:
    return SIDE_BY_SIDE if task.choice.solver.family in BATCHED_FAMILIES else 1
