"""Everything a comparison has to say, computed once: what tables, exports and the page all read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from simulator.compare import noisy
from simulator.compare.certainty import certainty
from simulator.compare.costs import COST_MODELS, CUPS, CostModel
from simulator.compare.endings import Ending, endings
from simulator.compare.hits import Costs, Hits
from simulator.compare.intervals import Array, Estimate, wilson
from simulator.compare.profiles import (
    Profile,
    data_profile,
    pairwise,
    performance_profile,
    runtime_distribution,
)
from simulator.compare.ranks import Paired, Rank, paired, ranks
from simulator.compare.running_time import Standing, running_times, standings
from simulator.compare.sensitivity import Sensitivity
from simulator.compare.timing import Speed
from simulator.compare.tuning import Tuned
from simulator.optimizers import METHODS

_SIGNIFICANT = 0.05


@dataclass(frozen=True, eq=False)
class Report:
    """A comparison, ready to be told.

    Attributes:
        title: of the page.
        suite: version and hash of the suite, or a word for what was compared.
        hits: the race.
        model: how calls are charged.
        gap: the target that tables are about.
        budget: most value calls of a run.
        methods: the method behind each label.
        noisy: first hits with noise, or None.
        sensitivities: curves over the learning rate.
        tuned: default against tuned.
        speeds: wall and CPU time.
        notes: what a reader must know.
        facts: versions and the like, for the end of the page.
    """

    title: str
    suite: str
    hits: Hits
    model: CostModel
    gap: float
    budget: int
    methods: Mapping[str, str]
    noisy: Hits | None = None
    sensitivities: tuple[Sensitivity, ...] = ()
    tuned: tuple[Tuned, ...] = ()
    speeds: tuple[Speed, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> str:
        """How many problems there are, as titles say it."""
        return told_n(len(self.hits.problems))

    @property
    def count(self) -> str:
        """How many problems, and how many starts of each, as titles say it."""
        return f"{self.problems} × {self.hits.present.shape[2]} starts"

    @cached_property
    def costs(self) -> Costs:
        """The race under the report's cost model."""
        return self.hits.at(self.model)

    @cached_property
    def standings(self) -> list[Standing]:
        """All optimizers on all problems, the best first."""
        return standings(self.costs, self.gap)

    @cached_property
    def parts(self) -> dict[str, Report]:
        """The same on coffee alone and on the classical functions alone, where there are both."""
        coffee = [i for i, each in enumerate(self.hits.problems) if not each.is_classical]
        others = [i for i, each in enumerate(self.hits.problems) if each.is_classical]
        if not coffee or not others:
            return {}
        return {
            "coffee": replace(self, hits=self.hits.on(coffee)),
            "classical functions": replace(self, hits=self.hits.on(others)),
        }

    @cached_property
    def by_model(self) -> dict[str, dict[str, Standing]]:
        """Cost model → optimizer → standing, for the table that switches the model."""
        models = {**COST_MODELS, self.model.name: self.model}
        return {
            name: {each.optimizer: each for each in standings(self.hits.at(model), self.gap)}
            for name, model in models.items()
        }

    @cached_property
    def endings(self) -> Mapping[str, Ending]:
        """How the runs of each optimizer ended."""
        return endings(self.hits, self.gap, self.budget)

    @cached_property
    def running_times(self) -> Array:
        """ERT of every optimizer on every problem, (P, S)."""
        return running_times(self.costs, self.gap)

    @cached_property
    def best(self) -> Standing:
        """The best of all; of our own if any of them runs."""
        ours = [each for each in self.standings if not self.is_scipy(each.optimizer)]
        return (ours or self.standings)[0]

    @cached_property
    def rivals(self) -> list[str]:
        """Whom our best is held against: every method of scipy that runs, else all others."""
        theirs = [each.optimizer for each in self.standings if self.is_scipy(each.optimizer)]
        return theirs or [each.optimizer for each in self.standings if each is not self.best]

    @cached_property
    def duels(self) -> list[Paired]:
        """Our best against each of them, problem by problem."""
        return paired(self.costs, self.gap, self.best.optimizer, self.rivals, self.candidates)

    @property
    def beaten(self) -> list[Paired]:
        """Those that our best surely needs less than: by the interval of the ratio and by the test."""
        return [each for each in self.duels if each.ratio.low > 1 and each.p_holm < _SIGNIFICANT]

    @property
    def candidates(self) -> list[str]:
        """Who might have been the best of ours."""
        others = [label for label in self.hits.optimizers if label not in self.rivals]
        return others or [self.best.optimizer]

    @property
    def tests(self) -> int:
        """How many pairs the paired tests are corrected for."""
        return len(self.candidates) * len(self.rivals)

    @property
    def families(self) -> int:
        """How many families the problems come from."""
        return len(set(self.hits.families))

    @cached_property
    def ranks(self) -> list[Rank]:
        """Mean ranks."""
        return ranks(self.costs, self.gap)

    @cached_property
    def performance(self) -> Profile:
        """The performance profile of the whole set."""
        return performance_profile(self.costs, self.gap)

    @cached_property
    def panels(self) -> list[Profile]:
        """Our best against each rival alone."""
        return pairwise(self.costs, self.gap, self.best.optimizer, self.rivals)

    @cached_property
    def data(self) -> Profile:
        """The data profile at the report's gap."""
        return data_profile(self.costs, self.gap, self._most)

    @cached_property
    def distribution(self) -> Profile:
        """The distribution over all targets."""
        return runtime_distribution(self.costs, self._most)

    @cached_property
    def noisy_standings(self) -> list[Standing]:
        """Cups served before satisfying the customers, the fewest first."""
        return [] if self.noisy is None else standings(self.noisy.at(CUPS), noisy.GAP)

    @cached_property
    def recommended(self) -> Mapping[str, Estimate]:
        """Share of noisy runs whose last word, not only some cup on the way, satisfies the customers."""
        if self.noisy is None:
            return {}
        good = (self.noisy.final <= noisy.GAP) & self.noisy.present
        counts = zip(good.sum(axis=(0, 2)), self.noisy.present.sum(axis=(0, 2)), strict=True)
        return {
            label: wilson(int(found), int(there))
            for label, (found, there) in zip(self.noisy.optimizers, counts, strict=True)
        }

    @cached_property
    def noisy_profile(self) -> Profile | None:
        """The distribution of cups over all targets of the noisy problems."""
        if self.noisy is None:
            return None
        costs = self.noisy.at(CUPS)
        return runtime_distribution(costs, float((costs.spent / costs.sizes[:, None, None]).max()))

    def is_scipy(self, label: str) -> bool:
        """Whether the optimizer is one of scipy's."""
        method = METHODS.get(self.methods.get(label, label))
        return method is not None and method.family == "scipy"

    def verdict(self) -> str:
        """In a few sentences: does our best need less than every method of scipy?"""
        first, best = self.standings[0], self.best
        kin = f" in {self.families} families" if self.families < len(self.hits.problems) else ""
        of_whom = f"({self.problems}{kin}, {self.hits.present.shape[2]} starts each)"
        if first.optimizer == best.optimizer:
            head = (
                f"{best.optimizer} needs the fewest: typically {best.ert.text()} {self.model.name} to a gap "
                f"of {self.gap:g} {of_whom}"
            )
        else:
            head = (
                f"{first.optimizer} needs the fewest ({first.ert.text()}); of ours {best.optimizer} "
                f"({best.ert.text()} {self.model.name} to a gap of {self.gap:g}) {of_whom}"
            )
        if not self.duels:
            return f"{head}."
        fewer, sure = [each for each in self.duels if each.ratio.low > 1], self.beaten
        if len(sure) == len(self.duels):
            others = f"each of the {len(self.duels)} others" if len(self.duels) > 1 else "the other"
            return f"{head}, fewer than {others} it was held against."
        likely = ", ".join(each.other for each in fewer if each not in sure)
        unlike = ", ".join(each.other for each in self.duels if each not in fewer)
        told = f"{head}."
        if sure:
            told = f"{head}, fewer than {len(sure)} of the {len(self.duels)} others it was held against."
        if likely:
            told += f" Fewer than {likely} as well, but on too few families of problems to be sure."
        return f"{told} Not shown to need fewer than: {unlike}." if unlike else told

    def prices(self) -> str:
        """Under which prices another optimizer is the cheapest; empty if under none."""
        best = self.best.optimizer
        others = []
        for name, rows in self.by_model.items():
            first = min(rows.values(), key=lambda each: each.ert.value)
            if first.optimizer != best:
                against = f"({first.ert.text()} against {rows[best].ert.text()})"
                others.append(f"charged by {name}, {first.optimizer} is cheapest {against}")
        return f"It depends on what is paid for: {'; '.join(others)}." if others else ""

    def references(self) -> str:
        """How sure the reference optima are."""
        return certainty(self.hits.problems, self.hits.gaps[-1])

    @property
    def _most(self) -> float:
        """Where the axes of profiles end: a budget of values with their gradients, whoever is drawn."""
        prices = [
            self.model.of(each.size, each.operations)[:2].sum() for each in self.hits.problems
        ]
        return float(max(10.0, self.budget * (np.array(prices) / self.costs.sizes).max()))


def told_n(problems: int) -> str:
    """So many problems, as titles say it.

    >>> told_n(1), told_n(15)
    ('n = 1 problem', 'n = 15 problems')
    """
    return f"n = {problems} problem{'s' if problems != 1 else ''}"
