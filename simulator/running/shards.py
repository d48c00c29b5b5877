"""``--shard 2/8``: the second of eight shares of a study, which need nothing but the same config.

The shares of all n are disjoint and make up the whole, whoever computes them and when. With many points each
share takes whole points, so that no cup is compiled in several places; with fewer, what is computed side
by side stays together; otherwise single runs are dealt out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from simulator.errors import InputError
from simulator.running.plan import SIDE_BY_SIDE, Plan, Unit

# With this many parts per share, the shares are even enough.
_PARTS_PER_SHARE = 8
_MOST = 1_000_000


@dataclass(frozen=True)
class Shard:
    """Share ``number`` (from 1) of ``count``."""

    number: int
    count: int

    def __str__(self) -> str:
        """Write it as the option is written."""
        return f"{self.number}/{self.count}"

    def holds(self, plan: Plan, unit: Unit, repeat: int, key: str) -> bool:
        """Whether a run belongs to this share."""
        enough = _PARTS_PER_SHARE * self.count
        if plan.study.points >= enough:
            place = unit.point
        elif plan.blocks >= enough:
            place = _number(f"{unit.point}/{unit.task}/{repeat // SIDE_BY_SIDE}")
        else:
            place = _number(key)
        return place % self.count == self.number - 1


def _number(text: str) -> int:
    """A number that looks drawn by lot and is the same everywhere."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def parsed_shard(text: str) -> Shard:
    """Read ``k/n``. Raises InputError unless 1 ≤ k ≤ n.

    >>> parsed_shard("2/8")
    Shard(number=2, count=8)
    """
    number, slash, count = text.partition("/")
    digits = slash and all(p.isascii() and p.isdigit() and len(p) < 9 for p in (number, count))
    if not digits or not 1 <= int(number) <= int(count) <= _MOST:
        raise InputError(
            f"--shard {text}: not a share; expected k/n with k from 1 to n, such as 1/8 or 8/8"
        )
    return Shard(int(number), int(count))
