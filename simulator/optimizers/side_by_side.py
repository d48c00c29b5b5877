"""Methods written as the story of one repeat, whose questions are asked for all repeats together.

A line search or a trust region branches on every answer, which is easy to follow for one point and
hard for a batch. So such a method is a generator: it yields each :class:`Question` and goes on with
the answer. The loop here lets every repeat run up to its next question, asks all questions of a
kind in one call of the objective, and hands the answers back. The arithmetic of a repeat is its
own, hence it ends with the same bits whoever runs beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.random import SeedSequence

from simulator.optimizers.box import Array, Box
from simulator.optimizers.claims import Claim, Hearing, cut_short
from simulator.optimizers.counting import Counted, half_squares
from simulator.optimizers.method import Seeds, checked_starts
from simulator.optimizers.outcome import Outcome
from simulator.optimizers.progress import Progress
from simulator.optimizers.stopping import Stopping, StopReason
from simulator.optimizers.visits import RunEnded, Visits

Result = TypeVar("Result")


class Question(NamedTuple):
    """A call of the objective that a repeat waits for."""

    ask: str
    """The name of the objective's method."""
    x: Array
    """The points, of shape (n, k)."""


Walk = Generator[Question, tuple[Array, ...], Result]
"""Part of a method: it asks, and at last returns a result. Called with ``yield from``."""


class Point(NamedTuple):
    """A visited point of shape (n,), with its value and gradient."""

    x: Array
    value: float
    gradient: Array


class Walker:
    """One repeat as its method sees it: where it may go, what it may ask, whether it has arrived.

    Points are projected into the box. RunEnded goes through the method when the budget is used up
    or an answer is not finite.
    """

    def __init__(
        self, objective: Counted, repeat: int, box: Box, stopping: Stopping, seed: SeedSequence
    ) -> None:
        self.box = box
        self.stopping = stopping
        self.seed = seed
        self.noisy = objective.noisy
        self.visits = Visits(box, stopping.max_evaluations - objective.counts(repeat).value)
        self.steps = -1
        """Steps accepted so far; -1 before the start is known."""

    def begin(self, start: Array) -> Walk[Point]:
        """Forget earlier progress, and look at a start."""
        self.restart(start)
        return (yield from self.look(start))

    def restart(self, start: Array) -> None:
        """Forget earlier progress, to begin from a start."""
        self._progress = Progress.at(start[:, None])
        self.steps = -1

    def look(self, x: Array) -> Walk[Point]:
        """Value and gradient at x; one of each is counted."""
        points = self.visits.admit(x)
        values, gradients = yield Question("value_and_gradient", points)
        point = Point(points[:, 0], float(values[0]), gradients[:, 0])
        self.visits.remember(*point)
        return point

    def values(self, x: Array) -> Walk[Array]:
        """The values at the columns of x, of shape (n, k); k value calls are counted.

        Where one is not finite the run goes on: whoever screens many points passes it over.
        """
        points = self.visits.admit(x)
        (values,) = yield Question("value", points)
        for column in np.flatnonzero(np.isfinite(values)):
            self.visits.remember(points[:, column], float(values[column]), None)
        return values

    def residuals(self, x: Array) -> Walk[tuple[Point, Array]]:
        """The point at x, its value ½ Σ r², with the Jacobian of r, of shape (m, n), there."""
        points = self.visits.admit(x)
        residuals, jacobian = yield Question("residuals_and_jacobian", points)
        value, gradient = half_squares(residuals, jacobian)
        point = Point(points[:, 0], float(value[0]), gradient[:, 0])
        self.visits.remember(*point)
        return point, jacobian[:, :, 0]

    def hessian(self, point: Point) -> Walk[Array]:
        """The matrix of second derivatives at a point, of shape (n, n); one Hessian call."""
        (hessians,) = yield Question("hessian", self.visits.inside(point.x))
        if not np.isfinite(hessians).all():
            raise RunEnded(
                StopReason.NONFINITE, f"no finite Hessian at {point.x}, bounds taken as 0 and 1"
            )
        return hessians[:, :, 0]

    def arrived(self, point: Point) -> StopReason | None:
        """Count a step to ``point``; the reason to end here, if the common tests give one."""
        self.steps += 1
        x, gradient = point.x[:, None], point.gradient[:, None]
        self._progress = self._progress.after(
            x, np.array([point.value]), gradient, self.box, self.stopping
        )
        verdicts = self._progress.verdicts(np.zeros(1, dtype=np.bool_), self.stopping)
        return next((reason for reason, ended in verdicts.items() if ended[0]), None)

    def claim(self, point: Point, reason: StopReason) -> Claim:
        """The end of a run at a point."""
        return Claim(point.x, point.value, reason, f"after {self.steps} steps")

    def stuck(self, point: Point) -> Claim:
        """The end of a run that finds no better point; whether it converged, the residual tells."""
        message = f"after {self.steps} steps no better point is found"
        return Claim(point.x, point.value, StopReason.CONVERGED_STEP, message)

    def cut_short(self, end: RunEnded, start: Array) -> Claim:
        """The end of a run by its budget or by a value that is not finite.

        With noise the best value is the luckiest draw, so the last step counts instead.
        """
        if end.reason is StopReason.BUDGET and self.noisy and self.steps >= 0:
            x, value = self._progress.x[:, 0], float(self._progress.value[0])
            return Claim(x, value, end.reason, str(end))
        return cut_short(end, self.visits, start)


def run_side_by_side(
    method: Callable[[Walker, Array], Walk[Claim]],
    objective: Counted,
    box: Box,
    starts: Array,
    stopping: Stopping,
    seeds: Seeds,
) -> list[Outcome]:
    """Run a method from every start, all together; one outcome for each, in their order.

    ``method`` gets a :class:`Walker` and its start, and returns a :class:`Claim`, which is held
    against the gradient.
    """
    starts = checked_starts(objective, box, starts, len(seeds))
    repeats = range(starts.shape[1])
    walkers = [Walker(objective, repeat, box, stopping, seeds[repeat]) for repeat in repeats]
    walks = [method(walkers[repeat], starts[:, repeat].copy()) for repeat in repeats]
    hearing, began = Hearing(objective, box, stopping), perf_counter()
    outcomes: dict[int, Outcome] = {}
    answers: dict[int, tuple[Array, ...] | None] = dict.fromkeys(repeats)
    while answers:
        questions = {}
        for repeat, answer in answers.items():
            try:
                questions[repeat] = walks[repeat].send(answer)  # type: ignore[arg-type]
                continue
            except StopIteration as done:
                claim: Claim = done.value
            except RunEnded as end:
                claim = walkers[repeat].cut_short(end, starts[:, repeat].copy())
            outcomes[repeat] = hearing.outcome(repeat, walkers[repeat].visits, claim, began)
        answers = _answered(objective, questions)
    return [outcomes[repeat] for repeat in repeats]


def _answered(
    objective: Counted, questions: dict[int, Question]
) -> dict[int, tuple[Array, ...] | None]:
    """The answer to every repeat's question, each kind asked in one call."""
    answers: dict[int, tuple[Array, ...] | None] = {}
    for ask in sorted({question.ask for question in questions.values()}):
        asked = {repeat: q.x for repeat, q in questions.items() if q.ask == ask}
        together = _asked(objective, ask, asked)
        first = 0
        for repeat, x in asked.items():
            last = first + x.shape[1]
            answers[repeat] = tuple(part[..., first:last].copy() for part in together)
            first = last
    return dict(sorted(answers.items()))


def _asked(objective: Counted, ask: str, asked: dict[int, Array]) -> Iterable[Any]:
    x = np.hstack(list(asked.values()))
    repeats = np.repeat(list(asked), [points.shape[1] for points in asked.values()])
    answer = getattr(objective, ask)(x, repeats)
    return answer if isinstance(answer, tuple) else (answer,)
