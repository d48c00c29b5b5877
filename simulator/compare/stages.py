"""Who runs on what: the stages of a comparison, each a results folder that can be resumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.compare.suite import Instance, problem_from
from simulator.experiment.optimizer_choice import ChoiceOf, OptimizerChoice
from simulator.experiment.problem import Problem
from simulator.experiment.runs import Task, run_keys
from simulator.optimizers import METHODS


@dataclass(frozen=True)
class Stage:
    """Every choice on every instance, from the first ``repeats`` starts of each.

    Attributes:
        name: of the stage and of its folder.
        suite: version and hash of the suite that the instances come from.
        instances: the problems.
        choices: the optimizers with their options.
        budget: most value calls of a run.
        repeats: starts of each instance; the same starts for every optimizer.
    """

    name: str
    suite: str
    instances: tuple[Instance, ...]
    choices: tuple[OptimizerChoice, ...]
    budget: int
    repeats: int

    def settings(self) -> dict[str, Any]:
        """As plain data; its hash is what the stage's folder belongs to."""
        return {
            "compare": self.name,
            "suite": self.suite,
            "problems": {each.name: each.hash for each in self.instances},
            "optimizers": [choice.settings() for choice in self.choices],
            "budget": self.budget,
            "repeats": self.repeats,
        }

    @property
    def runs(self) -> int:
        """How many runs the whole stage has."""
        return len(self.instances) * len(self.choices) * self.repeats

    def jobs(self) -> Iterator[Job]:
        """All its work, one optimizer on one problem at a time."""
        for instance in self.instances:
            for choice in self.choices:
                yield Job(instance, choice.settings(), self.budget, self.repeats)


@dataclass(frozen=True)
class Job:
    """One optimizer on one problem, from every start; plain data, so that it can go to a worker."""

    instance: Instance
    choice: Mapping[str, Any]
    budget: int
    repeats: int

    @property
    def problem(self) -> Problem:
        """The problem with the stage's budget and its number of starts."""
        return budgeted(self.instance, self.budget, self.repeats)

    @property
    def task(self) -> Task:
        """The optimizer."""
        return Task(choice_of(self.choice), "tuned")

    def keys(self, problem: Problem) -> list[str]:
        """The content keys of its runs."""
        return run_keys(problem, self.task)


def budgeted(instance: Instance, budget: int, repeats: int) -> Problem:
    """The problem of an instance for so many starts with so many evaluations each."""
    stop: dict[str, float] = {"max_evaluations": budget}
    starts = {**instance.settings["starts"], "repeats": repeats}
    return problem_from({**instance.settings, "stop": stop, "starts": starts}, instance.code)


def choice_of(settings: Mapping[str, Any] | str) -> OptimizerChoice:
    """An optimizer from its name, or from its settings as a config writes them. Raises complaints."""
    choice: OptimizerChoice = ChoiceOf().check(settings)
    return choice


def labelled(name: str) -> OptimizerChoice:
    """A method with its defaults, under the label that tables show; scipy's are marked.

    >>> labelled("slsqp").label, labelled("newton").label
    ('scipy slsqp', 'newton')
    """
    theirs = name in METHODS and METHODS[name].family == "scipy"
    return choice_of({"method": name, "label": f"scipy {name}" if theirs else name})


def rng_of(*parts: object) -> np.random.Generator:
    """A random stream that belongs to what it is for, and to nothing else."""
    from simulator.experiment.content_key import seed_sequence

    return np.random.default_rng(seed_sequence("compare", "/".join(map(str, parts))))
