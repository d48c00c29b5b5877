"""What pictures of an experiment are made from: its problem, its runs with their traces, and the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from simulator.experiment.knobs import Bounds
from simulator.experiment.problem import Problem
from simulator.experiment.records import RunRecord, TraceRecord
from simulator.experiment.results import Results
from simulator.explain import Catalogue, catalogue
from simulator.figures import FigureWords, Knob, Look, looks
from simulator.report.figure_language import figure_words

Run = tuple[RunRecord, TraceRecord]


@dataclass(frozen=True, eq=False)
class Material:
    """One experiment, ready to be drawn.

    Attributes:
        problem: its objective.
        runs: all sound runs, those under test first.
        messages: the language of everything that is written.
    """

    problem: Problem
    runs: tuple[Run, ...]
    messages: Catalogue

    @cached_property
    def words(self) -> FigureWords:
        """The texts of the figures."""
        return figure_words(self.messages)

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self.problem.experiment.name

    @cached_property
    def look(self) -> Mapping[str, Look]:
        """How each optimizer is drawn."""
        return looks(run.optimizer for run, _ in self.runs)

    @cached_property
    def knobs(self) -> tuple[Knob, ...]:
        """What is tuned, between which bounds."""
        tune = self.problem.experiment.tune
        return tuple(Knob(name, b.low, b.high, b.scale == "log") for name, b in tune.items())

    @cached_property
    def best(self) -> RunRecord | None:
        """The best run of all; None as long as there is none with a score."""
        usable = [run for run, _ in self.runs if np.isfinite(run.score)]
        return max(usable, key=lambda run: run.score, default=None)

    @cached_property
    def tested(self) -> tuple[Run, ...]:
        """The runs of the optimizers under test that saw at least one cup."""
        return tuple(
            (run, trace) for run, trace in self.runs if run.role == "tuned" and trace.loss.size
        )

    @cached_property
    def first(self) -> tuple[Run, ...]:
        """Of these, the runs from the first start."""
        return tuple((run, trace) for run, trace in self.tested if run.repeat == 0)

    @property
    def drawable(self) -> bool:
        """Whether there is anything to draw yet."""
        return self.best is not None and bool(self.tested)

    @property
    def is_mean(self) -> bool:
        """Whether the score is a mean of points, rather than a share or a function's value."""
        return self.problem.perfect == 9.0

    @property
    def unit(self) -> str:
        """The unit of the score, for the axis of the gap."""
        if not self.problem.is_coffee:
            return self.words.value_unit
        return self.words.points if self.is_mean else self.words.share_unit

    @property
    def score_name(self) -> str:
        """The score with its scale, for an axis."""
        if not self.problem.is_coffee:
            return self.words.value_unit
        return self.words.mean_score if self.is_mean else self.words.share

    def recommended(self) -> RunRecord:
        """The best run. Raises LookupError if there is none."""
        if self.best is None:
            raise LookupError("no run has found a score yet")
        return self.best

    def held(self, moving: tuple[str, ...]) -> str:
        """Where the rest of the recommended recipe stands, in words: ``milk 9 g, sugar 1 g``."""
        recipe = self.recommended().recipe
        return self.in_words({knob: at for knob, at in recipe.items() if knob not in moving})

    def in_words(self, recipe: Mapping[str, float]) -> str:
        """A recipe in words, to three digits or a whole number."""
        return self.words.between.join(
            self.words.setting.format(
                quantity=self.words.bare(knob),
                value=f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}",
                unit=self.words.unit(knob),
            )
            for knob, value in recipe.items()
        )


def material_of(problem: Problem, results: Results, messages: Catalogue | None = None) -> Material:
    """Gather what is stored in a results folder; damaged runs are left out. English unless told."""
    runs = tuple((run, results.trace(run.key)) for run in results.runs(skip_damaged=True))
    return Material(problem, runs, messages or catalogue("en"))


def positions(bounds: Bounds, values: Any) -> Any:
    """The coordinates, from 0 to 1, of many values between those bounds."""
    if bounds.scale == "log":
        return np.log(values / bounds.low) / np.log(bounds.high / bounds.low)
    return (values - bounds.low) / (bounds.high - bounds.low)
