"""How sure the reference optima of a comparison are, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.compare.suite import Instance


def certainty(problems: Sequence[Instance], finest: float) -> str:
    """How many references are proved to less than the finest target, how many roughly, how many searched."""
    proofs = [each.reference.certified for each in problems]
    bounds = [bound for bound in proofs if bound is not None]
    sure = sum(bound < finest for bound in bounds)
    rough = [bound for bound in bounds if bound >= finest]
    parts = [f"{sure} of {len(problems)} proved to less than the finest target"]
    if rough:
        parts.append(f"{len(rough)} proved within {max(rough):.1g}")
    if len(bounds) < len(problems):
        parts.append(f"{len(problems) - len(bounds)} the least of many searches")
    return f"Reference optima: {', '.join(parts)}."
