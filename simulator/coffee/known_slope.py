"""Formulas that know their own slope: told to whoever differentiates them, ignored by plain numbers.

The slope of a sum of two terms may be far simpler than the slopes of the terms. What calculus on paper
knows is said beside the formula, where a reader can check it.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.coffee.recipe import Scalar


def with_slope(value: Scalar, operand: Scalar, slope: Callable[[], Scalar]) -> Scalar:
    """The value; whoever traces it learns its slope in the operand, the rest held fixed.

    Values that can be told offer ``__with_slope__(operand, slope)``, which returns the value again.

    Args:
        value: a formula's result.
        operand: what it was computed from.
        slope: gives ∂value/∂operand; called only if somebody wants to know.

    >>> with_slope(9.0, 3.0, lambda: 6.0)
    9.0
    """
    told = getattr(type(value), "__with_slope__", None)
    return value if told is None else told(value, operand, slope())
