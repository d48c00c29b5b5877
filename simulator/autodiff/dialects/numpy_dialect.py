"""The NumPy dialect: a graph as in-place array operations on a few reused rows of memory.

A batch of N columns is worked through in blocks of `BLOCK` so that the working set stays in the cache.
Every value lives in a row of a workspace from the instruction that makes it to the last that reads it;
then the row is used again. NumPy's functions let other threads run, so that blocks of a long batch are shared
among several.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from simulator.autodiff.dialects.program import Instruction, Operand, Program
from simulator.autodiff.dialects.source import CHUNK_LINES, load_source
from simulator.autodiff.dialects.threads import share
from simulator.autodiff.primitives import TABLE

#: Columns worked on at a time: rows of 64 KiB, measured best between 2,048 and 32,768.
BLOCK: Final = 8192

_ROW: Final = re.compile(r"\b([xbt])(\d+)\b")
_WORKSPACES: Final = {"x": "x", "b": "numbers", "t": "truths"}

Function = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]


@dataclass(frozen=True)
class _Layout:
    """Where values live: instruction → row, with truth values in a workspace of their own."""

    row: Mapping[int, int]
    numbers: int
    truths: int


def numpy_function(program: Program) -> Function:
    """The program as a function of an array (inputs, N) that returns an array (outputs, N)."""
    layout = _allocate(program)
    namespace: dict[str, Any] = {"copyto": np.copyto, "inf": math.inf, "nan": math.nan}
    namespace |= {f"np_{primitive.name}": primitive.value for primitive in program.primitives}
    lines = [
        _line(program, layout, number, instruction)
        for number, instruction in enumerate(program.instructions)
    ]
    lines += [
        f" out[{k}] = {_operand(program, layout, operand)}"
        for k, operand in enumerate(program.outputs)
    ]
    blocks = [
        load_source("\n".join([*_prologue(chunk), *chunk]), namespace, "program")
        for chunk in (lines[i : i + CHUNK_LINES] for i in range(0, len(lines), CHUNK_LINES))
    ]

    # Functions of a user's own may not expect to run in several threads.
    threads = None if all(TABLE.get(it.name) is it for it in program.primitives) else 1

    def run(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        out = np.empty((len(program.outputs), x.shape[1]))
        share(partial(_run_blocks, blocks, layout, x, out), x.shape[1], threads, sample=BLOCK)
        return out

    return run


def _run_blocks(
    parts: Sequence[Callable[..., None]],
    layout: _Layout,
    x: np.ndarray[Any, Any],
    out: np.ndarray[Any, Any],
    first: int,
    last: int,
) -> None:
    """Columns first … last, with memory of their own."""
    width = min(last - first, BLOCK)
    numbers = np.empty((layout.numbers, width))
    truths = np.empty((layout.truths, width), dtype=bool)
    with np.errstate(all="ignore"):
        for start in range(first, last, BLOCK):
            stop = min(start + BLOCK, last)
            rows, flags = numbers[:, : stop - start], truths[:, : stop - start]
            for part in parts:
                part(x[:, start:stop], rows, flags, out[:, start:stop])


def _allocate(program: Program) -> _Layout:
    row: dict[int, int] = {}
    free: dict[bool, list[int]] = {True: [], False: []}
    size = {True: 0, False: 0}
    ends: dict[int, list[int]] = {}
    for value, last in program.last_use.items():
        ends.setdefault(last, []).append(value)
    for number, instruction in enumerate(program.instructions):
        truth = instruction.primitive.truth
        # A row is taken before the operands' rows are given back: copyto may not overlap its sources.
        if free[truth]:
            row[number] = free[truth].pop()
        else:
            row[number] = size[truth]
            size[truth] += 1
        for value in ends.get(number, []):
            free[program.instructions[value].primitive.truth].append(row[value])
    return _Layout(row, size[False], size[True])


def _prologue(chunk: Sequence[str]) -> list[str]:
    """The head of a function, and a name for each row that the chunk uses."""
    used = sorted({match.groups() for line in chunk for match in _ROW.finditer(line)})
    rows = [f" {kind}{i} = {_WORKSPACES[kind]}[{i}]" for kind, i in used]
    return ["def program(x, numbers, truths, out):", *rows]


def _operand(program: Program, layout: _Layout, operand: Operand) -> str:
    kind, i = operand
    if kind == "x":
        return f"x{i}"
    if kind == "v":
        return f"{'t' if program.is_truth(operand) else 'b'}{layout.row[int(i)]}"
    if isinstance(i, bool) or math.isfinite(i):
        return repr(i)
    return "nan" if math.isnan(i) else ("inf" if i > 0 else "-inf")


def _line(program: Program, layout: _Layout, number: int, instruction: Instruction) -> str:
    target = _operand(program, layout, ("v", number))
    operands = [_operand(program, layout, operand) for operand in instruction.operands]
    primitive = instruction.primitive
    if primitive.name == "where":
        condition, a, b = operands
        return f" copyto({target}, {b}); copyto({target}, {a}, where={condition})"
    if isinstance(primitive.value, np.ufunc):
        return f" np_{primitive.name}({', '.join(operands)}, out={target})"
    return f" {target}[...] = np_{primitive.name}({', '.join(operands)})"
