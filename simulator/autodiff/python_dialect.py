"""The Python dialect: a graph as one straight-line function over the ``math`` module.

A value that is read once is written where it is read, which saves a store and a load and makes an
unused arm of ``where`` a branch that is not run. Python raises where IEEE arithmetic would return inf or
NaN (``math.log(0)``, ``math.exp(1000)``, ``1/0``); the caller then runs the NumPy dialect instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from simulator.autodiff.program import Instruction, Operand, Program
from simulator.autodiff.source import CHUNK_LINES, load_source

#: What straight-line Python raises where NumPy returns inf or NaN.
PYTHON_RAISES: Final = (ValueError, OverflowError, ZeroDivisionError)

_MAX_NESTING: Final = 12  # CPython's parser gives up at about a hundred

_NAME: Final = re.compile(r"\b[xv]\d+\b")

Function = Callable[..., tuple[float, ...]]


def python_function(program: Program) -> Function:
    """The program as a Python function of ``program.inputs`` floats, returning a tuple of floats."""
    namespace: dict[str, Any] = {name: getattr(math, name) for name in _MATH}
    for instruction in program.instructions:
        if "python" not in instruction.primitive.spelling:
            namespace[_called(instruction)] = instruction.primitive.value
    lines, outputs = _lines(program)
    if len(lines) <= CHUNK_LINES:
        arguments = ", ".join(f"x{i}" for i in range(program.inputs))
        body = [
            f"def program({arguments}):",
            *lines,
            f" return ({''.join(o + ',' for o in outputs)})",
        ]
        return load_source("\n".join(body), namespace, "program")  # type: ignore[no-any-return]
    return _chunked(program, lines, outputs, namespace)


_MATH: Final = (
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf",
    "erfc", "exp", "exp2", "expm1", "fabs", "hypot", "isfinite", "isnan", "log", "log10", "log1p",
    "log2", "pow", "sin", "sinh", "sqrt", "tan", "tanh", "inf", "nan",
)  # fmt: skip


def _called(instruction: Instruction) -> str:
    return f"call_{instruction.primitive.name}"


def _lines(program: Program) -> tuple[list[str], list[str]]:
    """One line per value that is read more than once, and the expressions of the outputs."""
    inline: dict[int, tuple[str, int]] = {}
    lines = []

    def text(operand: Operand) -> tuple[str, int]:
        kind, i = operand
        if kind == "c":
            return _constant(i), 0
        if kind == "v" and i in inline:
            expression, depth = inline.pop(int(i))
            return f"({expression})", depth
        return f"{kind}{i}", 0

    keep_whole = _read_by_repeating_templates(program)
    for number, instruction in enumerate(program.instructions):
        parts = [text(operand) for operand in instruction.operands]
        depth = 1 + max(d for _, d in parts)
        expression = _template(instruction).format(*[t for t, _ in parts])
        if program.uses[number] == 1 and depth < _MAX_NESTING and number not in keep_whole:
            inline[number] = (expression, depth)
        else:
            lines.append(f" v{number} = {expression}")
    return lines, [text(operand)[0] for operand in program.outputs]


def _read_by_repeating_templates(program: Program) -> set[int]:
    """Values read by a template that writes an operand twice: these need a name."""
    repeated = set()
    for instruction in program.instructions:
        template = _template(instruction)
        for slot, (kind, i) in enumerate(instruction.operands):
            if kind == "v" and template.count(f"{{{slot}}}") > 1:
                repeated.add(int(i))
    return repeated


def _template(instruction: Instruction) -> str:
    slots = ", ".join(f"{{{i}}}" for i in range(len(instruction.operands)))
    return instruction.primitive.spelling.get("python") or f"{_called(instruction)}({slots})"


def _constant(value: float | bool) -> str:
    if isinstance(value, bool) or math.isfinite(value):
        return repr(value)
    return "nan" if math.isnan(value) else ("inf" if value > 0 else "(-inf)")


def _chunked(
    program: Program, lines: Sequence[str], outputs: Sequence[str], namespace: dict[str, Any]
) -> Function:
    """Functions of `CHUNK_LINES` lines each; values that cross from one to the next go through a dict.

    One function of a million lines takes minutes and gigabytes to compile.
    """
    chunks = [lines[i : i + CHUNK_LINES] for i in range(0, len(lines), CHUNK_LINES)]
    chunks.append([f" return ({''.join(o + ',' for o in outputs)})"])
    reads = [set(_NAME.findall("\n".join(chunk))) for chunk in chunks]
    later = [set[str]() for _ in chunks]
    for number in reversed(range(len(chunks) - 1)):
        later[number] = later[number + 1] | reads[number + 1]
    made = {f"x{i}" for i in range(program.inputs)}
    functions: list[Callable[..., Any]] = []
    for number, chunk in enumerate(chunks):
        fetched = reads[number] & made
        targets = {line.split(" = ", 1)[0].strip() for line in chunk}
        crossing = targets & later[number]
        source = [
            "def program(s):",
            *[f" {name} = s[{name!r}]" for name in sorted(fetched)],
            *chunk,
            *[f" s[{name!r}] = {name}" for name in sorted(crossing)],
        ]
        functions.append(load_source("\n".join(source), namespace, "program"))
        made |= crossing
    return _in_turn(functions, program.inputs)


def _in_turn(functions: Sequence[Callable[..., Any]], inputs: int) -> Function:
    def run(*values: float) -> tuple[float, ...]:
        state: dict[str, float] = {f"x{i}": value for i, value in enumerate(values)}
        for function in functions[:-1]:
            function(state)
        result: tuple[float, ...] = functions[-1](state)
        return result

    return run
