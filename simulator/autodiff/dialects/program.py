"""A graph as a numbered list of instructions: what every dialect is spelled from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from simulator.autodiff.graph import Graph
from simulator.autodiff.primitives import Primitive

#: An operand: ("x", input number), ("v", instruction number) or ("c", constant).
Operand = tuple[str, int | float | bool]


@dataclass(frozen=True)
class Instruction:
    """One operation: which primitive, on what."""

    primitive: Primitive
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Program:
    """Instructions in order; instruction number i makes value ``("v", i)``."""

    inputs: int
    instructions: tuple[Instruction, ...]
    outputs: tuple[Operand, ...]

    @cached_property
    def primitives(self) -> frozenset[Primitive]:
        """Which operations occur."""
        return frozenset(instruction.primitive for instruction in self.instructions)

    @cached_property
    def uses(self) -> Counter[int]:
        """How often each instruction's value is read, outputs included."""
        read = Counter(
            int(i) for ins in self.instructions for kind, i in ins.operands if kind == "v"
        )
        read.update(int(i) for kind, i in self.outputs if kind == "v")
        return read

    @cached_property
    def last_use(self) -> dict[int, int]:
        """The last instruction that reads each value; outputs are read after the end."""
        last: dict[int, int] = {}
        for number, instruction in enumerate(self.instructions):
            for kind, i in instruction.operands:
                if kind == "v":
                    last[int(i)] = number
        last.update((int(i), len(self.instructions)) for kind, i in self.outputs if kind == "v")
        return last

    def is_truth(self, operand: Operand) -> bool:
        """True for operands that are truth values."""
        kind, i = operand
        if kind == "v":
            return self.instructions[int(i)].primitive.truth
        return isinstance(i, bool) and kind == "c"


def linearize(graph: Graph) -> Program:
    """The graph's operations in order, aliases resolved.

    Raises:
        ValueError: the graph depends on a variable that is not among its inputs.
    """
    operands: dict[int, Operand] = {node.serial: ("x", i) for i, node in enumerate(graph.inputs)}
    instructions: list[Instruction] = []
    for node in graph.nodes:
        if node.serial in operands:
            continue
        if node.is_constant:
            operands[node.serial] = ("c", node.value)
        elif node.primitive is None:
            raise ValueError(
                f"the graph uses a traced value from outside its inputs, made at {node.origin}"
            )
        elif node.primitive.name == "identity":
            operands[node.serial] = operands[node.parents[0].serial]
        else:
            operands[node.serial] = ("v", len(instructions))
            parents = tuple([operands[parent.serial] for parent in node.parents])
            instructions.append(Instruction(node.primitive, parents))
    outputs = tuple(operands[node.serial] for node in graph.outputs)
    return Program(len(graph.inputs), tuple(instructions), outputs)
