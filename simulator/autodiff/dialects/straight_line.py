"""Straight-line source text: one assignment per instruction, in C or in JavaScript.

Long programs are cut into parts of `PART_LINES` lines, each a function of its own, because compilers take
more than linear time for long functions. A value that one part makes and a later part reads goes through
a numbered place in memory, which is used again when nobody needs it any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from simulator.autodiff.dialects.definitions import Vocabulary
from simulator.autodiff.dialects.program import Instruction, Operand, Program

#: Lines per emitted function.
PART_LINES: Final = 1000


@dataclass(frozen=True)
class Language:
    """What tells C from JavaScript here.

    Attributes:
        dialect: its column in the table of primitives.
        prefix: of the names of functions that are defined beside a program.
        number: a constant.
        truth: a truth constant.
        count: a truth value as 1 or 0.
        let_number: the beginning of ``let_number v3 = …``.
        let_truth: the same for a truth value.
        keep: how a truth value is written into memory.
        fetch: and read from it.
        fused: a·b + c in one rounding, or "" where there is none.
    """

    dialect: str
    prefix: str
    number: Callable[[float], str]
    truth: Callable[[bool], str]
    count: str
    let_number: str
    let_truth: str
    keep: str
    fetch: str
    fused: str = ""


@dataclass(frozen=True)
class Part:
    """Some consecutive instructions and what crosses their borders.

    Attributes:
        start: number of the first instruction.
        stop: number after the last.
        fetched: value → its place in memory, for values made before and read here.
        kept: value → its place, for values made here and read later.
    """

    start: int
    stop: int
    fetched: Mapping[int, int] = field(default_factory=dict)
    kept: Mapping[int, int] = field(default_factory=dict)


def parts(program: Program, lines: int = PART_LINES) -> tuple[list[Part], int]:
    """The program cut into parts, and how many places in memory they share."""
    count = len(program.instructions)
    if count <= lines:
        return [Part(0, count)], 0
    readers = _last_reading_part(program, lines)
    place: dict[int, int] = {}
    freed: dict[int, list[int]] = {}
    free: list[int] = []
    size, cut = 0, []
    for number, start in enumerate(range(0, count, lines)):
        stop = min(start + lines, count)
        fetched = {i: place[i] for i in sorted(_read_by(program, start, stop)) if i < start}
        free += freed.pop(number, [])
        kept = {}
        for i in range(start, stop):
            if readers.get(i, number) > number:
                if not free:
                    free, size = [size], size + 1
                kept[i] = place[i] = free.pop()
                freed.setdefault(readers[i], []).append(place[i])
        cut.append(Part(start, stop, fetched, kept))
    return cut, size


def _read_by(program: Program, start: int, stop: int) -> set[int]:
    instructions = program.instructions[start:stop]
    return {int(i) for ins in instructions for kind, i in ins.operands if kind == "v"}


def _last_reading_part(program: Program, lines: int) -> dict[int, int]:
    """Value → the last part that reads it; outputs are written by the part that makes them."""
    return {
        int(i): number // lines
        for number, instruction in enumerate(program.instructions)
        for kind, i in instruction.operands
        if kind == "v"
    }


def body(
    program: Program, part: Part, language: Language, vocabulary: Vocabulary, fuse: bool = False
) -> list[str]:
    """The lines of one part, without the function around them.

    It reads ``x[i]`` and ``m[place]``, and writes ``m[place]``; results are left in ``v<number>``.
    """
    fused = _fused(program) if fuse and language.fused else {}
    inputs = {
        int(i)
        for ins in program.instructions[part.start : part.stop]
        for kind, i in ins.operands
        if kind == "x"
    }
    lines = [f"{language.let_number} x{i} = x[{i}];" for i in sorted(inputs)]
    for i, place in part.fetched.items():
        is_truth = program.is_truth(("v", i))
        value = language.fetch.format(f"m[{place}]") if is_truth else f"m[{place}]"
        lines.append(f"{_let(program, i, language)} v{i} = {value};")
    skipped = set(fused.values())
    for number in range(part.start, part.stop):
        if number not in skipped:
            text = _expression(program, number, language, vocabulary, fused.get(number))
            lines.append(f"{_let(program, number, language)} v{number} = {text};")
    for i, place in part.kept.items():
        value = language.keep.format(f"v{i}") if program.is_truth(("v", i)) else f"v{i}"
        lines.append(f"m[{place}] = {value};")
    return lines


def results(program: Program, part: Part, language: Language) -> list[tuple[int, str]]:
    """(output number, expression) of the outputs that this part can write."""
    is_last = part.stop == len(program.instructions)
    found = []
    for k, (kind, i) in enumerate(program.outputs):
        if (kind == "v" and part.start <= int(i) < part.stop) or (kind != "v" and is_last):
            text = f"x[{i}]" if kind == "x" else operand((kind, i), language)
            found.append((k, as_number(program, (kind, i), text, language)))
    return found


def operand(it: Operand, language: Language) -> str:
    """An operand's name or constant."""
    kind, i = it
    if kind != "c":
        return f"{kind}{i}"
    return language.truth(i) if isinstance(i, bool) else language.number(float(i))


def as_number(program: Program, it: Operand, text: str, language: Language) -> str:
    """The operand's text, with a truth value counted as 1 or 0."""
    return language.count.format(text) if program.is_truth(it) else text


def _let(program: Program, number: int, language: Language) -> str:
    return language.let_truth if program.is_truth(("v", number)) else language.let_number


def _expression(
    program: Program, number: int, language: Language, words: Vocabulary, product: int | None
) -> str:
    instruction = program.instructions[number]
    if product is None:
        texts = _texts(program, instruction, language)
        return words.template(instruction).format(*texts)
    a, b = _texts(program, program.instructions[product], language)
    rest = next(o for o in instruction.operands if o != ("v", product))
    return language.fused.format(a, b, operand(rest, language))


def _texts(program: Program, instruction: Instruction, language: Language) -> list[str]:
    texts = []
    for slot, it in enumerate(instruction.operands):
        text = operand(it, language)
        takes_truth = instruction.primitive.logic and not (
            instruction.primitive.name == "where" and slot
        )
        texts.append(text if takes_truth else as_number(program, it, text, language))
    return texts


def _fused(program: Program) -> dict[int, int]:
    """Sum → one of its terms, a product that nobody else reads."""
    pairs: dict[int, int] = {}
    for number, instruction in enumerate(program.instructions):
        if instruction.primitive.name == "add":
            for kind, i in instruction.operands:
                if kind == "v" and program.uses[int(i)] == 1 and _is_product(program, int(i)):
                    pairs[number] = int(i)
                    break
    return pairs


def _is_product(program: Program, number: int) -> bool:
    return program.instructions[number].primitive.name == "multiply"


def indented(lines: Sequence[str], by: int = 2) -> str:
    """Lines of text, moved to the right."""
    return "\n".join(" " * by + line for line in lines)
