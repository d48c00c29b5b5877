"""The Python dialect: a graph as one straight-line function over the ``math`` module.

A value that is read once is written where it is read, which saves a store and a load. What is needed only
on one side of a ``where`` stands inside an ``if``: an arm that is not taken does not run. Python raises
where IEEE arithmetic would return inf or NaN (``math.log(0)``, ``math.exp(1000)``, ``1/0``); the caller
then runs the NumPy dialect instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np

from simulator.autodiff.dialects.branches import ALWAYS, Guard, guards, schedule
from simulator.autodiff.dialects.program import Operand, Program
from simulator.autodiff.dialects.scalar_functions import SCALAR_FUNCTIONS
from simulator.autodiff.dialects.source import CHUNK_LINES, load_source
from simulator.autodiff.primitives import Primitive

#: What straight-line Python raises where NumPy returns inf or NaN.
PYTHON_RAISES: Final = (ValueError, OverflowError, ZeroDivisionError)

_MAX_NESTING: Final = 12  # CPython's parser gives up at about a hundred

_NAME: Final = re.compile(r"\b[xv]\d+\b")

Function = Callable[..., tuple[float, ...]]


@dataclass(frozen=True)
class _Line:
    """One assignment, and the conditions under which anybody reads it."""

    text: str
    guard: Guard


def python_function(program: Program) -> Function:
    """The program as a Python function of ``program.inputs`` floats, returning a tuple of floats."""
    called = {primitive for primitive in program.primitives if "python" not in primitive.spelling}
    namespace: dict[str, Any] = {name: getattr(math, name) for name in _MATH}
    namespace |= SCALAR_FUNCTIONS
    namespace |= {f"call_{primitive.name}": _scalar(primitive.value) for primitive in called}
    lines, outputs = _lines(program)
    result = f" return ({''.join(o + ',' for o in outputs)})"
    if len(lines) > CHUNK_LINES:
        function = _chunked(program, [line.text for line in lines], result, namespace)
    else:
        arguments = ", ".join(f"x{i}" for i in range(program.inputs))
        body = [f"def program({arguments}):", *_blocks(lines), result]
        function = load_source("\n".join(body), namespace, "program")
    return _quiet(function) if called else function


_MATH: Final = (
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos",
    "cosh", "erf", "erfc", "exp", "exp2", "expm1", "fabs", "floor", "fmod", "hypot", "isfinite",
    "isnan", "log", "log10", "log1p", "log2", "pow", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
    "inf", "nan",
)  # fmt: skip


def _scalar(value: Callable[..., Any]) -> Callable[..., float]:
    # A NumPy scalar would carry NumPy's slower arithmetic into the rest of the line.
    return lambda *operands: float(value(*operands))


def _quiet(function: Function) -> Function:
    """Without NumPy's warnings, for programs that call NumPy functions."""

    def run(*values: float) -> tuple[float, ...]:
        with np.errstate(all="ignore"):
            return function(*values)

    return run


def _lines(program: Program) -> tuple[list[_Line], list[str]]:
    """One line per value that is read more than once, and the expressions of the outputs."""
    guarded, order = _in_branches(program)
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

    templates = {primitive: _template(primitive) for primitive in program.primitives}
    needs_a_name = _read_by_repeating_templates(program)
    needs_a_name.update(condition for guard in guarded for condition, _ in guard)
    for number in order:
        instruction = program.instructions[number]
        parts = [text(operand) for operand in instruction.operands]
        depth = 1 + max([d for _, d in parts])
        expression = templates[instruction.primitive].format(*[t for t, _ in parts])
        if program.uses[number] == 1 and depth < _MAX_NESTING and number not in needs_a_name:
            inline[number] = (expression, depth)
        else:
            lines.append(_Line(f" v{number} = {expression}", guarded[number]))
    return lines, [text(operand)[0] for operand in program.outputs]


def _in_branches(program: Program) -> tuple[Sequence[Guard], Sequence[int]]:
    """Each instruction's guard, and the order to write them in."""
    everywhere = [ALWAYS] * len(program.instructions)
    in_order = range(len(program.instructions))
    if all(primitive.name != "where" for primitive in program.primitives):
        return everywhere, in_order
    guarded = guards(program)
    order = schedule(program, guarded)
    return (guarded, order) if order is not None else (everywhere, in_order)


def _blocks(lines: Sequence[_Line]) -> list[str]:
    text = []
    for guard, block in groupby(lines, key=lambda line: line.guard):
        if guard:
            tests = [f"v{i}" if holds else f"not v{i}" for i, holds in sorted(guard)]
            text.append(f" if {' and '.join(tests)}:")
        text += [" " * bool(guard) + line.text for line in block]
    return text


def _read_by_repeating_templates(program: Program) -> set[int]:
    """Values read by a template that writes an operand twice: these need a name."""
    repeating = {primitive: _repeated_slots(primitive) for primitive in program.primitives}
    return {
        int(i)
        for instruction in program.instructions
        if repeating[instruction.primitive]
        for slot, (kind, i) in enumerate(instruction.operands)
        if kind == "v" and slot in repeating[instruction.primitive]
    }


def _repeated_slots(primitive: Primitive) -> set[int]:
    template = _template(primitive)
    return {i for i in range(len(primitive.pulls)) if template.count(f"{{{i}}}") > 1}


def _template(primitive: Primitive) -> str:
    spelled = primitive.spelling.get("python")
    if spelled is not None:
        return spelled
    return f"call_{primitive.name}({', '.join(f'{{{i}}}' for i in range(len(primitive.pulls)))})"


def _constant(value: float | bool) -> str:
    if isinstance(value, bool) or math.isfinite(value):
        return repr(value) if value >= 0 else f"({value!r})"  # -2.0 ** 2 is not (-2.0) ** 2
    return "nan" if math.isnan(value) else ("inf" if value > 0 else "(-inf)")


def _chunked(
    program: Program, lines: Sequence[str], result: str, namespace: dict[str, Any]
) -> Function:
    """Functions of `CHUNK_LINES` lines each; values that cross from one to the next go through a dict.

    One function of a million lines takes minutes and gigabytes to compile.
    """
    chunks = [lines[i : i + CHUNK_LINES] for i in range(0, len(lines), CHUNK_LINES)]
    chunks.append([result])
    reads = [set(_NAME.findall("\n".join(chunk))) for chunk in chunks]
    last_read = {name: number for number, names in enumerate(reads) for name in names}
    made = {f"x{i}" for i in range(program.inputs)}
    functions: list[Callable[..., Any]] = []
    for number, chunk in enumerate(chunks):
        fetched = reads[number] & made
        targets = {line.split(" = ", 1)[0].strip() for line in chunk}
        crossing = {name for name in targets if last_read.get(name, -1) > number}
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
