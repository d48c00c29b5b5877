"""How many operations a calculation takes: run it on numbers that count.

Each + − · / ** and each exp, expit or ndtr is one operation, which is how the engine counts the lines that
it emits. Arithmetic between plain floats is a constant and counts nothing.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import scipy.special

Function = Callable[..., Any]


@dataclass(frozen=True)
class Functions:
    """The functions of the taste model beyond arithmetic."""

    exp: Function
    expit: Function
    ndtr: Function


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else math.exp(x)


def _ndtr(x: float) -> float:
    return 0.5 * math.erfc(-math.sqrt(0.5) * x)


#: On floats, by `math` alone.
ON_FLOATS = Functions(math.exp, _expit, _ndtr)


class Counted:
    """A number that writes down every operation done with it."""

    def __init__(self, value: float, seen: Counter[str]) -> None:
        self.value, self.seen = value, seen


def _counted(name: str, function: Function) -> Function:
    def operation(*operands: Any) -> Any:
        seen = next((each.seen for each in operands if isinstance(each, Counted)), None)
        value = function(*[x.value if isinstance(x, Counted) else x for x in operands])
        if seen is None:
            return value
        seen[name] += 1
        return Counted(value, seen)

    return operation


def _reflected(operation: Function) -> Function:
    return lambda self, other: operation(other, self)


for _name in ("add", "sub", "mul", "truediv", "pow"):
    _operation = _counted(_name, getattr(operator, _name))
    setattr(Counted, f"__{_name}__", _operation)
    setattr(Counted, f"__r{_name}__", _reflected(_operation))
setattr(Counted, "__neg__", _counted("neg", operator.neg))  # noqa: B010

#: On counting numbers.
COUNTED = Functions(
    _counted("exp", math.exp),
    _counted("expit", scipy.special.expit),
    _counted("ndtr", scipy.special.ndtr),
)


def operations(function: Function, point: list[float]) -> Counter[str]:
    """Kind → how many operations a function of numbers does at a point.

    >>> operations(lambda x, y: x * y + 2.0 * 3.0, [1.0, 2.0])
    Counter({'mul': 1, 'add': 1})
    """
    seen: Counter[str] = Counter()
    function(*[Counted(value, seen) for value in point])
    return seen
