"""The model's operations written down as its code does them, so that other engines do exactly these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from numpy.lib.mixins import NDArrayOperatorsMixin

from simulator.autodiff.primitives import TABLE

Function = Callable[..., Any]


class Written(NDArrayOperatorsMixin):
    """A value that writes down each operation done with it, one line each, as it happens."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name, self.lines = name, lines

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        operands = [x.name if isinstance(x, Written) else repr(float(x)) for x in inputs]
        result = f"v{len(self.lines)}"
        self.lines.append(f" {result} = {TABLE[ufunc.__name__].text.format(*operands)}")
        return Written(result, self.lines)


def written(function: Function, size: int) -> list[str]:
    """A model's operations in the order its code does them, nothing shared and nothing simplified."""
    lines = [f"def f({', '.join(f'x{i}' for i in range(size))}):"]
    result = function([Written(f"x{i}", lines) for i in range(size)])
    return [*lines, f" return {result.name}"]


def spelled(model: Sequence[str], functions: Mapping[str, Any]) -> Function:
    """The written operations as a Python function over an engine's own."""
    scope = dict(functions)
    exec("\n".join(model), scope)
    function: Function = scope["f"]
    return function
