"""From a problem to a certificate: the point to beat, the search, the claim."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from simulator.certify.boxes import Array
from simulator.certify.certificate import Certificate, certificate_of
from simulator.certify.checkpoint import resume, save
from simulator.certify.cover import MOST_COORDINATES
from simulator.certify.examination import Examiner
from simulator.certify.incumbent import best_known
from simulator.certify.search import Bracket, Budget, Search, Tell
from simulator.errors import InputError
from simulator.experiment.problem import Problem

#: Seconds of search between two savings of a checkpoint.
_SAVE_EVERY: Final = 20.0


@dataclass(frozen=True)
class Plan:
    """How to prove.

    Attributes:
        within: tolerance in the objective's own unit, > 0.
        budget: when to stop without a proof.
        dialect: what bounds are emitted in.
        checkpoint: where progress is kept; a search that is there goes on.
    """

    within: float = 1e-3
    budget: Budget = field(default_factory=Budget)
    dialect: Any = "c"
    checkpoint: Path | None = None


def prove(
    problem: Problem,
    plan: Plan | None = None,
    tell: Tell | None = None,
    *,
    point: Array | None = None,
    examiner: Examiner | None = None,
) -> Certificate:
    """A certificate that no point of the unit box beats the best known one by more than the tolerance.

    With noise it is about the true mean over all customers. If the budget is spent before, or at a
    keyboard interrupt, the certificate's bracket is wider than the tolerance, and its ``reason`` says why.

    Args:
        problem: at most 12 knobs; up to 4 are proved in seconds.
        plan: tolerance, budget, dialect, checkpoint.
        tell: hears of the bracket after every batch.
        point: to beat, in the unit box, shape (n,); by default the best that many starts find. If the search
            meets a better one, the certificate is about that.
        examiner: of the problem's loss, if there is one already; the plan's dialect is then only a note.

    Raises:
        InputError: too many knobs, a tolerance that is not above rounding, a checkpoint of another search.
        NoBounds: a function with an operation that has no bounds.
    """
    plan = plan or Plan()
    _refuse_many_knobs(problem)
    examiner = examiner or Examiner(problem.graph, plan.dialect)
    search = _begun(problem, plan, point, examiner)
    reason = _searched(search, problem, plan, tell)
    lower = search.checked_lower() if reason else search.bracket.lower
    return certificate_of(
        problem,
        search.point,
        lower,
        search.claimed_upper,
        within=plan.within,
        reason=reason,
        codes=search.cover.by_level(),
        boxes=search.boxes,
        seconds=round(search.seconds, 2),
        dialect=str(plan.dialect),
    )


def _refuse_many_knobs(problem: Problem) -> None:
    if problem.size > MOST_COORDINATES:
        raise InputError(
            f"{problem.experiment.name}: {problem.size} knobs are tuned; "
            f"a proof is possible for at most {MOST_COORDINATES}, and promised for 4: tune fewer"
        )


def _begun(problem: Problem, plan: Plan, point: Array | None, examiner: Examiner) -> Search:
    if plan.checkpoint is not None and plan.checkpoint.exists():
        return resume(plan.checkpoint, problem, examiner, plan.within)
    start = best_known(problem) if point is None else np.clip(point, 0.0, 1.0)
    try:
        return Search.start(examiner, start, plan.within)
    except ValueError as error:
        raise InputError(f"{problem.experiment.name}: {error}") from None


def _searched(search: Search, problem: Problem, plan: Plan, tell: Tell | None) -> str | None:
    """Search, saving now and then; return why it ended without a proof."""
    saved = search.seconds

    def told(bracket: Bracket) -> None:
        nonlocal saved
        if plan.checkpoint is not None and bracket.seconds - saved > _SAVE_EVERY:
            save(search, problem, plan.checkpoint)
            saved = bracket.seconds
        if tell is not None:
            tell(bracket)

    try:
        reason = search.run(plan.budget, told)
    except KeyboardInterrupt:
        reason = "interrupted"
    if plan.checkpoint is not None:
        if reason:
            save(search, problem, plan.checkpoint)
        else:
            with suppress(FileNotFoundError):
                plan.checkpoint.unlink()
    return reason
