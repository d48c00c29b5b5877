"""The C dialect: a program as straight-line C over the lanes of a vector register.

Every value is a vector of recipes, one per lane, and every operation treats the lanes alike: a recipe's
bits depend neither on the batch it travels in nor on its place there, and one recipe alone is a register
of copies. The text stands on its own: any C compiler that knows GCC's vector types makes a library of it.

Nothing a user wrote gets into the text but numbers, in hexadecimal and hence exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from simulator.autodiff.dialects.coefficients import EXP, LOG_3, LOG_5
from simulator.autodiff.dialects.definitions import Vocabulary, vocabulary
from simulator.autodiff.dialects.program import Program
from simulator.autodiff.dialects.straight_line import Language, Part, body, indented, parts, results


def _number(value: float) -> str:
    if math.isnan(value):
        return "ALL(NAN)"
    if math.isinf(value):
        return "ALL(INFINITY)" if value > 0 else "ALL(-INFINITY)"
    return f"ALL({value.hex()})"


C: Final = Language(
    dialect="c",
    prefix="v_",
    number=_number,
    truth=lambda value: "TRUE" if value else "FALSE",
    count="v_count({0})",
    let_number="const number",
    let_truth="const truth",
    keep="(number){0}",
    fetch="(truth){0}",
    fused="v_fma({0}, {1}, {2})",
)

_ARGUMENTS: Final = "const number *restrict x, number *restrict y, number *restrict m"


def c_source(program: Program) -> str:
    """A C library with the functions ``one_column`` and ``columns`` of `c/columns.h`.

    Raises:
        TypeError: a primitive of the user's own cannot be written in C (see `definitions`).
    """
    return "\n".join([c_functions(program), c_file("columns.h")])


def c_functions(program: Program) -> str:
    """The arithmetic, the definitions the program needs, and the program itself, for a driver to call."""
    words = vocabulary(program, C.dialect, C.prefix)
    cut, places = parts(program)
    sizes = {"INPUTS": program.inputs, "OUTPUTS": len(program.outputs), "PLACES": places}
    return "\n".join(
        [
            c_file("arithmetic.h"),
            *[_polynomial(*it) for it in (("exp", EXP), ("log_3", LOG_3), ("log_5", LOG_5))],
            *[_definition(name, part, words) for name, part in words.definitions.values()],
            *[f"#define {name} {size}" for name, size in sizes.items()],
            *_program(program, cut, words),
        ]
    )


def c_file(name: str) -> str:
    """The text of a file in the folder `c`."""
    return (files("simulator.autodiff.dialects") / "c" / name).read_text(encoding="utf-8")


def _polynomial(name: str, coefficients: Sequence[float]) -> str:
    """Even and odd powers apart: two chains of multiply-adds that run side by side."""
    even, odd = (_horner(coefficients[start::2], "xx") for start in (0, 1))
    lines = ["const number xx = x * x;", f"return v_fma({odd}, x, {even});"]
    return f"static inline number v_{name}_polynomial(number x) {{\n{indented(lines)}\n}}"


def _horner(coefficients: Sequence[float], x: str) -> str:
    text = _number(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        text = f"v_fma({text}, {x}, {_number(coefficient)})"
    return text


def _definition(name: str, program: Program, words: Vocabulary) -> str:
    arguments = ", ".join(f"number a{i}" for i in range(program.inputs))
    part = Part(0, len(program.instructions))
    ((_, result),) = results(program, part, C)
    given = ", ".join(f"a{i}" for i in range(program.inputs))
    lines = [
        f"const number x[] = {{{given}}};",
        *body(program, part, C, words, fuse=True),
        f"return {result};",
    ]
    return f"static number {name}({arguments}) {{\n{indented(lines)}\n}}"


def _program(program: Program, cut: Sequence[Part], words: Vocabulary) -> list[str]:
    functions = []
    for number, part in enumerate(cut):
        lines = body(program, part, C, words)
        lines += [f"y[{k}] = {text};" for k, text in results(program, part, C)]
        name = "program" if len(cut) == 1 else f"part_{number}"
        functions.append(f"static void {name}({_ARGUMENTS}) {{\n{indented(lines)}\n}}")
    if len(cut) > 1:
        calls = [f"part_{number}(x, y, m);" for number in range(len(cut))]
        functions.append(f"static void program({_ARGUMENTS}) {{\n{indented(calls)}\n}}")
    return functions
