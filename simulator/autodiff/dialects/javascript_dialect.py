"""The JavaScript dialect: a program as an ES module that exports one function.

``javascript_source(graph, "taste")`` is the text of a module with ``export function taste(x, y)``: it reads
an array of numbers and fills and returns a Float64Array. Nothing is imported; what `Math` lacks is defined in
the module, only as far as the program uses it. Its functions may differ from C's and Python's in the last
places, as those of any two engines do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

from simulator.autodiff.dialects.definitions import Vocabulary, vocabulary
from simulator.autodiff.dialects.program import Program, linearize
from simulator.autodiff.dialects.straight_line import Language, Part, body, indented, parts, results
from simulator.autodiff.graph import Graph


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "(-Infinity)"
    return repr(value) if math.copysign(1.0, value) > 0 else f"({value!r})"


JAVASCRIPT: Final = Language(
    dialect="javascript",
    prefix="",
    number=_number,
    truth=lambda value: "true" if value else "false",
    count="Number({0})",
    let_number="const",
    let_truth="const",
    keep="Number({0})",
    fetch="{0} !== 0",
)

#: Where `Math` does something else than IEEE arithmetic and NumPy.
_MENDED: Final = {
    "power": """\
function power(a, b) {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b);
}""",
    "rint": """\
function rint(x) {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}""",
}

#: Words that JavaScript keeps for itself in modules, and the names that a module uses.
_TAKEN: Final = frozenset(
    {
        "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger",
        "default", "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally", "for",
        "function", "if", "implements", "import", "in", "instanceof", "interface", "let", "new", "null",
        "package", "private", "protected", "public", "return", "static", "super", "switch", "this",
        "throw", "true", "try", "typeof", "undefined", "var", "void", "while", "with", "yield",
        "Math", "Number", "NaN", "Infinity", "Float64Array", "x", "y", "m",
    }
)  # fmt: skip


def javascript_source(graph: Graph | Program, name: str = "program") -> str:
    """The graph's outputs as an ES module that exports a function of that name.

    The function takes an array of as many numbers as the graph has inputs and, if one likes, a
    Float64Array to fill; it returns the outputs, flat. Derivatives are outputs like others:
    ``javascript_source(derivative_graph(graph, "gradient"))``.

    Raises:
        ValueError: the name is not one that JavaScript allows.
        TypeError: a primitive of the user's own cannot be written in JavaScript (see `definitions`).

    >>> import numpy as np
    >>> from simulator.autodiff import trace
    >>> print(javascript_source(trace(lambda x: np.exp(x[0]) * x[1], 2), "cup"))
    export function cup(x, y = new Float64Array(1)) {
      const x0 = x[0];
      const x1 = x[1];
      const v0 = Math.exp(x0);
      const v1 = v0 * x1;
      y[0] = v1;
      return y;
    }
    <BLANKLINE>
    """
    program = linearize(graph) if isinstance(graph, Graph) else graph
    words = vocabulary(program, JAVASCRIPT.dialect, JAVASCRIPT.prefix)
    taken = {defined for defined, _ in words.definitions.values()} | _MENDED.keys() | _TAKEN
    allowed = re.fullmatch(r"(?!part\d)[A-Za-z_$][\w$]*", name, re.ASCII)
    if not allowed or name in taken:
        raise ValueError(f"an exported function cannot be called {name!r} in JavaScript")
    text = [
        *[_definition(defined, part, words) for defined, part in words.definitions.values()],
        *_program(program, name, words),
    ]
    used = [source for word, source in _MENDED.items() if _calls(text, word)]
    return "\n".join([*used, *text, ""])


def _calls(text: Sequence[str], word: str) -> bool:
    return any(re.search(rf"(?<![\w.$]){word}\(", part) for part in text)


def _definition(name: str, program: Program, words: Vocabulary) -> str:
    arguments = ", ".join(f"x{i}" for i in range(program.inputs))
    part = Part(0, len(program.instructions))
    ((_, result),) = results(program, part, JAVASCRIPT)
    lines = [
        line
        for line in body(program, part, JAVASCRIPT, words)
        if not line.startswith("const x")  # those are the arguments
    ]
    result = re.sub(r"^x\[(\d+)\]$", r"x\1", result)
    return f"function {name}({arguments}) {{\n{indented([*lines, f'return {result};'])}\n}}"


def _program(program: Program, name: str, words: Vocabulary) -> list[str]:
    cut, places = parts(program)
    opening = f"export function {name}(x, y = new Float64Array({len(program.outputs)})) {{"
    bodies = [
        [
            *body(program, part, JAVASCRIPT, words),
            *[f"y[{k}] = {text};" for k, text in results(program, part, JAVASCRIPT)],
        ]
        for part in cut
    ]
    if len(cut) == 1:
        return [f"{opening}\n{indented([*bodies[0], 'return y;'])}\n}}"]
    functions = [
        f"function part{number}(x, y, m) {{\n{indented(lines)}\n}}"
        for number, lines in enumerate(bodies)
    ]
    calls = [f"part{number}(x, y, m);" for number in range(len(cut))]
    lines = [f"const m = new Float64Array({places});", *calls, "return y;"]
    return [*functions, f"{opening}\n{indented(lines)}\n}}"]
