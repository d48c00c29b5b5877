"""What can be changed in a module, one thing at a time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
}

#: Words, and the deed that makes them true.
Change = tuple[str, Callable[[], None]]


@dataclass(frozen=True)
class Mutant:
    """One change that can be made to a module."""

    file: str
    """The module, from the root of the project."""
    lines: range
    """The lines of the statement, or of its head, that would be changed."""
    line: str
    """The text of the line where the change is."""
    change: str
    node: int
    variant: int

    def __str__(self) -> str:
        return f"{self.file}:{self.lines[0]}: {self.change}: {self.line}"

    def text(self, root: Path) -> str:
        """The whole text of the changed module."""
        tree = ast.parse((root / self.file).read_text("utf-8"))
        node = next(node for at, node in enumerate(ast.walk(tree)) if at == self.node)
        _changes(node)[self.variant][1]()
        return ast.unparse(ast.fix_missing_locations(tree))


def mutants_of(root: Path, file: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    text = (root / file).read_text("utf-8")
    tree = ast.parse(text)
    source = text.splitlines()
    lines = _lines_of_nodes(tree)
    beside = {id(part) for node in ast.walk(tree) for part in _never_run(node)}
    for number, node in enumerate(ast.walk(tree)):
        for variant, (change, _) in enumerate([] if id(node) in beside else _changes(node)):
            line = source[getattr(node, "lineno", lines[id(node)][0]) - 1].strip()
            yield Mutant(file, lines[id(node)], line, change, number, variant)


def _never_run(node: ast.AST) -> Iterator[ast.AST]:
    """What no test could notice: annotations, and guards against slips of whoever changes the code.

    Neither does it matter how much a cache holds, nor by which negative number a length is left open.
    """
    aside: list[ast.AST | None] = [
        *getattr(node, "decorator_list", ()),
        getattr(node, "annotation", None),
        getattr(node, "returns", None),
    ]
    if isinstance(node, ast.keyword) and node.arg in ("repr", "strict"):
        aside.append(node)
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        aside.append(node)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("reshape", "lru_cache")):
        aside += [each.operand for each in ast.walk(node) if isinstance(each, ast.UnaryOp)]
        aside += [each for each in node.keywords if each.arg == "maxsize"]
    for part in aside:
        if part is not None:
            yield from ast.walk(part)


def _lines_of_nodes(tree: ast.Module) -> dict[int, range]:
    """For each node the lines of the statement it is in; of one that holds others, its head's."""
    found: dict[int, range] = {id(tree): range(1, 2)}

    def visit(node: ast.AST, lines: range) -> None:
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            lines = range(node.lineno, max(end, node.lineno) + 1)
        found[id(node)] = lines
        for child in ast.iter_child_nodes(node):
            visit(child, lines)

    visit(tree, found[id(tree)])
    return found


def _changes(node: ast.AST) -> list[Change]:
    """What can be changed in one node: in words, and the deed."""
    match node:
        case ast.Compare():
            return [
                _compares_by(COMPARED[type(operator)](), node.ops, at)
                for at, operator in enumerate(node.ops)
            ]
        case ast.BinOp() | ast.AugAssign() if type(node.op) in CALCULATED and not _is_text(node):
            return [_becomes(node.op, CALCULATED[type(node.op)](), node, "op")]
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            return [_becomes(node.op, other, node, "op")]
        case ast.UnaryOp(op=ast.USub() | ast.Not()) if not isinstance(node.operand, ast.Constant):
            new = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
            if isinstance(node.op, ast.Not):
                doubled = ast.UnaryOp(ast.Not(), node.operand)
                return [("not is left out", lambda: setattr(node, "operand", doubled))]
            return [_becomes(node.op, new, node, "op")]
        case ast.Constant(value=bool(value)):
            return [(f"{value} becomes {not value}", lambda: setattr(node, "value", not value))]
        case ast.Constant(value=int(value) | float(value)):
            more = value + 1 if value + 1 != value else 2 * value  # 1e300 + 1 is no change
            return [(f"{value} becomes {more}", lambda: setattr(node, "value", more))]
        case ast.If() | ast.While() | ast.IfExp() if not _is_not(node.test):
            turned = ast.UnaryOp(ast.Not(), node.test)
            return [("the condition is turned", lambda: setattr(node, "test", turned))]
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            nothing = ast.Constant(None)
            return [("nothing is returned", lambda: setattr(node, "value", nothing))]
        case _:
            return []


def _becomes(old: ast.AST, new: ast.AST, holder: ast.AST, field: str) -> Change:
    return _words(old, new), lambda: setattr(holder, field, new)


def _compares_by(new: ast.cmpop, operators: list[ast.cmpop], at: int) -> Change:
    return _words(operators[at], new), lambda: operators.__setitem__(at, new)


def _words(old: ast.AST, new: ast.AST) -> str:
    return f"{type(old).__name__} becomes {type(new).__name__}"


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _is_text(node: ast.BinOp | ast.AugAssign) -> bool:
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and not isinstance(side.value, int | float))
        for side in sides
    )
