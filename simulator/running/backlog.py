"""The runs that are still to be done, as batches of about a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from simulator.running.batches import Batch, Piece
from simulator.running.plan import Plan, Unit
from simulator.running.sizing import Sizing

MOST_RUNS = 1000
"""In a batch, however short they are: what batches hold is what a process needs of memory."""

Wanted = Callable[[Unit, Sequence[str]], list[tuple[int, str]]]
"""Which runs of a unit are to be done here: from the keys of all its repeats, (repeat, key) of some."""


class Backlog:
    """Pieces in the order of the plan, cut into batches as they are asked for."""

    def __init__(self, plan: Plan, config_hash: str, sizing: Sizing, wanted: Wanted) -> None:
        self._config_hash = config_hash
        self._sizing = sizing
        self._fresh = _pieces(plan, wanted)
        self._rest: Piece | None = None

    def batch(self) -> Batch | None:
        """The next batch; None if there is nothing left."""
        room, runs = self._sizing.batch_seconds(), MOST_RUNS
        pieces: list[Piece] = []
        while room > 0 and runs > 0:
            piece = self._rest or next(self._fresh, None)
            self._rest = None
            if piece is None:
                break
            quick = min(int(room / self._sizing.seconds_per_run(piece.label)), runs)
            fits = max(quick, piece.together)
            if fits < len(piece.repeats):
                piece, self._rest = piece.part(slice(0, fits)), piece.part(slice(fits, None))
            pieces.append(piece)
            room -= len(piece.repeats) * self._sizing.seconds_per_run(piece.label)
            runs -= len(piece.repeats)
        return Batch(self._config_hash, tuple(pieces)) if pieces else None


def _pieces(plan: Plan, wanted: Wanted) -> Iterator[Piece]:
    settings, at = None, -1
    for unit, keys in plan.keyed():
        chosen = wanted(unit, keys)
        if not chosen:
            continue
        if settings is None or at != unit.point:
            settings, at = plan.study.point(unit.point).experiment.resolved(), unit.point
        yield Piece(
            settings,
            unit.task,
            unit.label,
            tuple(repeat for repeat, _ in chosen),
            tuple(key for _, key in chosen),
            unit.together,
            plan.code,
        )
