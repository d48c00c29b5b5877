"""What the engine writes for the page: programs in JavaScript, without the space that only people need."""

from __future__ import annotations

import re
from collections.abc import Iterable

from simulator.autodiff import Graph, derivative_graph, trace
from simulator.autodiff.dialects.javascript_dialect import javascript_source
from simulator.autodiff.primitives import TABLE

_BESIDE_SIGNS = re.compile(r"\s*([=+\-*/%<>?:,;{}()\[\]&|!])\s*")
_WHOLE = re.compile(r"(?<![\w.])(\d+)\.0(?![\de])")
_FUNCTION = re.compile(r"^function (\w+)\(.*?^}$", re.MULTILINE | re.DOTALL)


def compact(source: str) -> str:
    """Emitted source in as few characters as its statements need.

    The emitter writes names, numbers and signs, never texts: all space beside a sign can go.

    >>> compact("function f(x) {\\n  const a = x[0];\\n  const b = a * 2.0;\\n  return b;\\n}")
    'function f(x){const a=x[0],b=a*2;return b;}'
    """
    lines: list[str] = []
    for line in source.splitlines():
        tight = _WHOLE.sub(r"\1", _BESIDE_SIGNS.sub(r"\1", line.strip()))
        if tight.startswith("const ") and lines and lines[-1].startswith("const "):
            lines[-1] = f"{lines[-1][:-1]},{tight[6:]}"
        else:
            lines.append(tight)
    return "".join(lines)


class Emission:
    """Programs of one page: what several of them need beside `Math` is written once.

    >>> emission = Emission()
    >>> emission.function(trace(lambda x: x[0] * x[1], 2))[:25]
    '(()=>{function it(x,y){co'
    """

    def __init__(self) -> None:
        self._definitions: dict[str, str] = {}

    @property
    def definitions(self) -> str:
        """The functions that the programs share, such as the normal distribution's."""
        return "".join(self._definitions.values())

    def function(self, graph: Graph) -> str:
        """A JavaScript expression: the function (numbers, place for results) → results of a graph."""
        # The page always says where results go.
        module = javascript_source(graph, "it").replace("export function", "function")
        module = re.sub(r", y = new Float64Array\(\d+\)", ", y", module)
        own = [
            compact(text) for name, text in _functions(module) if not self._is_shared(name, text)
        ]
        return f"(()=>{{{''.join(own)}return it}})()"

    def operations(self, names: Iterable[str]) -> str:
        """A JavaScript object: name of a primitive → the function operands → value, then partials.

        The page's walk over the graph is made of these; they are emitted from the engine's table.
        """
        rows = (f"{name}:{self.function(_with_partials(name))}" for name in sorted(names))
        return f"{{{','.join(rows)}}}"

    def _is_shared(self, name: str, text: str) -> bool:
        if name == "it" or re.fullmatch(r"part\d+", name):
            return False
        tight = compact(text)
        return self._definitions.setdefault(name, tight) == tight


def _functions(module: str) -> list[tuple[str, str]]:
    """Name and text of each function of a module."""
    return [(found[1], found[0]) for found in _FUNCTION.finditer(module)]


def value_and_gradient(graph: Graph, parameters: int) -> Graph:
    """The graph's value and its gradient by the first ``parameters`` inputs, as one."""
    gradient = derivative_graph(graph, "gradient", parameters)
    return Graph(graph.inputs, (*graph.outputs, *gradient.outputs), (1 + parameters,), graph.names)


def _with_partials(name: str) -> Graph:
    primitive = TABLE[name]
    size = len(primitive.pulls)
    return value_and_gradient(trace(lambda x: primitive(*(x[i] for i in range(size))), size), size)
