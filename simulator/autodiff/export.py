"""Programs as text that stands on its own, for a web page or another program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from simulator.autodiff.dialects.c_dialect import c_source
from simulator.autodiff.dialects.javascript_dialect import javascript_source
from simulator.autodiff.dialects.program import linearize
from simulator.autodiff.graph import Graph
from simulator.autodiff.outputs import Output, graph_of, outputs_graph


def source(
    function: Callable[..., Any] | Graph,
    size: int | None = None,
    outputs: Sequence[Output] | Output = ("value", "gradient"),
    dialect: Literal["javascript", "c"] = "javascript",
    parameters: int | None = None,
    name: str = "program",
) -> str:
    """The source text of what `compile` would make, with everything it needs written in.

    "javascript" is an ES module that exports ``function name(x, y)``: it takes an array of numbers and, if
    one likes, a Float64Array to fill, and returns all outputs flat, one after the other, each in row order.
    "c" is a library of two functions, ``one_column`` and ``columns`` (see `c/columns.h`), for compilers that
    know GCC's vectors.

    Args:
        function: plain NumPy arithmetic of ``x`` with shape (size,), or a traced `Graph`.
        size: how many numbers go in; not needed for a graph.
        outputs: one or several of "value", "gradient", "jacobian" and "hessian", as in `compile`.
        dialect: the language.
        parameters: differentiate by the first so many inputs only.
        name: of the exported JavaScript function.

    Raises:
        TypeError: the function cannot be traced, or a primitive of the user's own cannot be written in the
            language.
        ValueError: no such output or dialect, or a name that JavaScript does not allow.

    >>> print(source(lambda x: x[0] ** 2 * x[1], 2, name="cup"))
    export function cup(x, y = new Float64Array(3)) {
      const x0 = x[0];
      const x1 = x[1];
      const v0 = x0 * x0;
      const v1 = v0 * x1;
      const v2 = x1 * x0;
      const v3 = v2 + v2;
      y[0] = v1;
      y[1] = v3;
      y[2] = v0;
      return y;
    }
    <BLANKLINE>
    """
    if dialect not in ("javascript", "c"):
        raise ValueError(
            f"no source in {dialect!r}: 'javascript' and 'c' stand on their own, "
            "'python' and 'numpy' run through compile"
        )
    asked: Sequence[Output] = (outputs,) if isinstance(outputs, str) else outputs
    whole, _ = outputs_graph(graph_of(function, size), asked, parameters)
    program = linearize(whole)
    return javascript_source(program, name) if dialect == "javascript" else c_source(program)
