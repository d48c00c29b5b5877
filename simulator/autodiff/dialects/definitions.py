"""What has to be defined beside a program in a language that lacks some of its functions.

A primitive that a language cannot spell is either one of `special_functions` or one of the user's own.
Both are Python functions in plain arithmetic: traced, they are programs like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from simulator.autodiff.dialects.program import Instruction, Program, linearize
from simulator.autodiff.dialects.special_functions import DEFINITIONS
from simulator.autodiff.primitives import TABLE, Primitive
from simulator.autodiff.trace import trace

#: What tells one definition from another: the primitive, and the order of ``polygamma``.
Key = tuple[Primitive, int | None]


@dataclass(frozen=True)
class Vocabulary:
    """How one program is spelled in one language.

    Attributes:
        dialect: "c" or "javascript".
        prefix: of the names of definitions.
        definitions: what to define, each before what uses it, and its name.
    """

    dialect: str
    prefix: str
    definitions: Mapping[Key, tuple[str, Program]]

    def template(self, instruction: Instruction) -> str:
        """The expression template of an instruction."""
        spelled = _spelling(instruction.primitive, self.dialect)
        if spelled is not None:
            return spelled
        name, program = self.definitions[key_of(instruction)]
        first = len(instruction.operands) - program.inputs  # polygamma's order is in its name
        slots = ", ".join(f"{{{i}}}" for i in range(first, len(instruction.operands)))
        return f"{name}({slots})"


def vocabulary(program: Program, dialect: str, prefix: str = "") -> Vocabulary:
    """Every definition the program needs, directly or through other definitions.

    Raises:
        TypeError: a primitive of the user's own is not made of operations that can be traced, or the
            order of a ``polygamma`` is not a constant.
    """
    found: dict[Key, tuple[str, Program]] = {}

    def visit(part: Program) -> None:
        for key in dict.fromkeys(_lacking(part, dialect)):
            if key not in found:
                body = _body(*key)
                visit(body)
                found[key] = (prefix + _name(key, len(found)), body)

    visit(program)
    return Vocabulary(dialect, prefix, found)


def key_of(instruction: Instruction) -> Key:
    """Which definition an instruction calls."""
    primitive = instruction.primitive
    if primitive is not TABLE["polygamma"]:
        return primitive, None
    kind, order = instruction.operands[0]
    if kind != "c" or order < 0 or order != int(order):
        raise TypeError(
            "polygamma(n, x): C and JavaScript need the order n as a whole number ≥ 0 known when "
            "the program is emitted"
        )
    return primitive, int(order)


def _lacking(program: Program, dialect: str) -> Iterator[Key]:
    for instruction in program.instructions:
        if _spelling(instruction.primitive, dialect) is None:
            yield key_of(instruction)


def _spelling(primitive: Primitive, dialect: str) -> str | None:
    """The table's template; no text of a user's own primitive gets into C or JavaScript."""
    is_ours = TABLE.get(primitive.name) is primitive
    return primitive.spelling.get(dialect) if is_ours else None


def _name(key: Key, number: int) -> str:
    primitive, order = key
    if TABLE.get(primitive.name) is not primitive:
        return f"own{number}"  # a user's name may not be a name in other languages
    return primitive.name if order is None else f"{primitive.name}_{order}"


@lru_cache(maxsize=256)
def _body(primitive: Primitive, order: int | None) -> Program:
    function: Callable[..., Any]
    if TABLE.get(primitive.name) is not primitive:
        function, size = primitive.value, len(primitive.pulls)
    elif order is not None:
        function, size = (lambda x: DEFINITIONS["polygamma"](order, x)), 1
    else:
        function, size = DEFINITIONS[primitive.name], len(primitive.pulls)
    try:
        return linearize(trace(lambda x: function(*x), size))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"the primitive {primitive.name!r} has no definition that C or JavaScript could use: "
            f"{error}"
        ) from error
