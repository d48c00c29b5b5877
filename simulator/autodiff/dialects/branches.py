"""Which instructions are needed only on one side of a ``where``, and an order that puts them there.

A straight line computes both arms of ``where`` and throws one away. In Python that costs time, and an
arm that is not taken may raise (``log`` of a negative number). An instruction all of whose readers sit in
the same arm is *guarded* by that arm's condition: it need only run where the condition holds.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence

from simulator.autodiff.dialects.program import Operand, Program

#: (instruction number of a truth value, whether it must hold).
Literal = tuple[int, bool]
Guard = frozenset[Literal]

ALWAYS: Guard = frozenset()
_DEEPEST = 4  # nested conditions kept; fewer conditions are always right, only less thrifty


def guards(program: Program) -> list[Guard]:
    """The conditions under which each instruction's value is read at all."""
    needed: dict[int, Guard] = {int(i): ALWAYS for kind, i in program.outputs if kind == "v"}
    for number in reversed(range(len(program.instructions))):
        here = needed[number]
        for (kind, i), guard in _readings(program, number, here):
            if kind == "v":
                known = needed.get(int(i))
                needed[int(i)] = guard if known is None else known & guard
    return [needed[number] for number in range(len(program.instructions))]


def _readings(program: Program, number: int, here: Guard) -> list[tuple[Operand, Guard]]:
    """Each operand of an instruction and the conditions under which it is read."""
    instruction = program.instructions[number]
    if instruction.primitive.name != "where" or instruction.operands[0][0] != "v":
        return [(operand, here) for operand in instruction.operands]
    condition, a, b = instruction.operands
    outer = here if len(here) < _DEEPEST else ALWAYS
    return [
        (condition, here),
        (a, outer | _implied(program, int(condition[1]), True)),
        (b, outer | _implied(program, int(condition[1]), False)),
    ]


def _implied(program: Program, number: int, holds: bool) -> Guard:
    """A condition, taken apart: "a and b" holds if both do, "a or b" fails if both do."""
    instruction = program.instructions[number]
    parts = instruction.operands
    name = instruction.primitive.name
    if name == "logical_not" and parts[0][0] == "v":
        return _implied(program, int(parts[0][1]), not holds)
    splits = name == ("logical_and" if holds else "logical_or")
    if splits and all(kind == "v" for kind, _ in parts):
        return frozenset().union(*[_implied(program, int(i), holds) for _, i in parts])
    return frozenset({(number, holds)})


def schedule(program: Program, guarded: Sequence[Guard]) -> list[int] | None:
    """An order in which conditions come before what they guard, and equal guards stand together.

    None if there is no such order.
    """
    waiting = {number: _waits_for(program, guarded, number) for number in range(len(guarded))}
    readers: defaultdict[int, list[int]] = defaultdict(list)
    for number, needs in waiting.items():
        for needed in needs:
            readers[needed].append(number)
    ready: defaultdict[Guard, list[int]] = defaultdict(list)
    for number, needs in waiting.items():
        if not needs:
            heapq.heappush(ready[guarded[number]], number)
    order: list[int] = []
    current = ALWAYS
    while any(ready.values()):
        current = current if ready[current] else _next_guard(ready)
        number = heapq.heappop(ready[current])
        order.append(number)
        for reader in readers[number]:
            waiting[reader].discard(number)
            if not waiting[reader]:
                heapq.heappush(ready[guarded[reader]], reader)
    return order if len(order) == len(guarded) else None


def _waits_for(program: Program, guarded: Sequence[Guard], number: int) -> set[int]:
    operands = program.instructions[number].operands
    return {int(i) for kind, i in operands if kind == "v"} | {i for i, _ in guarded[number]}


def _next_guard(ready: Mapping[Guard, Sequence[int]]) -> Guard:
    return min((queue[0], guard) for guard, queue in ready.items() if queue)[1]
