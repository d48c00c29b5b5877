"""What growing to one size cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One size.

    Attributes:
        size: operations of the value, or rows.
        seconds: phase → processor time.
        megabytes: at the most, beyond what the process took before.
    """

    size: int
    seconds: dict[str, float]
    megabytes: float
