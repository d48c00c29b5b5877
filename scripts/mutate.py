"""Do the tests bite? Change one thing in a module at a time, and see whether its tests turn red.

::

    scripts/mutate.py --sample 40 --seed 1 --out build/mutants.json

Changed are comparisons, arithmetic, boolean words, numbers, conditions and returned values, one per
mutant, drawn by lot. A mutant that no test notices has survived and is listed with its line.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 180

#: What is changed, and the tests that must notice.
PARTS: dict[str, tuple[list[str], list[str]]] = {
    "engine": (
        ["backprop", "folding", "graph", "primitives", "python_dialect", "numpy_dialect", "walk"],
        [
            "tests/autodiff/test_derivatives.py",
            "tests/autodiff/test_folding.py",
            "tests/autodiff/test_exactness.py",
            "tests/autodiff/test_compile.py",
            "tests/autodiff/test_kinks.py",
            "tests/autodiff/test_nonfinite.py",
            "tests/autodiff/test_trace.py",
            "tests/autodiff/test_steps.py",
            "tests/autodiff/test_arrays.py",
        ],
    ),
    "loader": (
        ["yaml_compose", "yaml_scalars", "yaml_source", "yaml_tree", "faults", "extends"],
        [
            "tests/experiment/test_yaml_source.py",
            "tests/experiment/test_yaml_scalars.py",
            "tests/experiment/test_config_faults.py",
            "tests/experiment/test_config.py",
            "tests/experiment/test_study.py",
        ],
    ),
    "store": (
        [
            "checked_rows",
            "claims",
            "database",
            "manifest",
            "results",
            "results_folder",
            "row_format",
            "store",
        ],
        ["tests/experiment/store", "tests/running/test_work.py"],
    ),
}
FOLDERS = {"engine": "autodiff", "loader": "experiment", "store": "experiment"}

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


@dataclass(frozen=True)
class Mutant:
    """One change: where, what, and the whole text of the changed module."""

    file: str
    line: int
    change: str
    text: str


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(path.read_text("utf-8"))
    # What decorators say, mostly that a value is frozen, guards against slips that no test makes.
    beside = {id(part) for node in ast.walk(tree) for part in _decorations(node)}
    for number, node in enumerate(ast.walk(tree)):
        for variant, change in enumerate([] if id(node) in beside else changes_of(node)):
            changed = copy.deepcopy(tree)
            same = next(each for at, each in enumerate(ast.walk(changed)) if at == number)
            changes_of(same)[variant][1]()
            name = path.relative_to(ROOT).as_posix()
            yield Mutant(name, getattr(node, "lineno", 0), change[0], ast.unparse(changed))


def _decorations(node: ast.AST) -> Iterator[ast.AST]:
    for decorator in getattr(node, "decorator_list", ()):
        yield from ast.walk(decorator)


def changes_of(node: ast.AST) -> list[tuple[str, Change]]:
    """What can be changed in one node: in words, and the deed."""
    found: list[tuple[str, Change]] = []
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        new = COMPARED[type(node.ops[0])]
        found.append(
            (
                f"{type(node.ops[0]).__name__} becomes {new.__name__}",
                Change(node, "ops", [new(), *node.ops[1:]]),
            )
        )
    if isinstance(node, ast.BinOp) and type(node.op) in CALCULATED and not _is_text(node):
        operator = CALCULATED[type(node.op)]
        found.append(
            (
                f"{type(node.op).__name__} becomes {operator.__name__}",
                Change(node, "op", operator()),
            )
        )
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        found.append(
            (f"{type(node.op).__name__} becomes {type(other).__name__}", Change(node, "op", other))
        )
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        found.append(
            (f"{node.value} becomes {not node.value}", Change(node, "value", not node.value))
        )
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        found.append(
            (f"{node.value} becomes {node.value + 1}", Change(node, "value", node.value + 1))
        )
    if isinstance(node, ast.If | ast.While):
        negated = ast.UnaryOp(ast.Not(), node.test)
        found.append(("the condition is turned", Change(node, "test", negated)))
    if (
        isinstance(node, ast.Return)
        and node.value is not None
        and not isinstance(node.value, ast.Constant)
    ):
        found.append(("nothing is returned", Change(node, "value", ast.Constant(None))))
    return found


@dataclass(frozen=True)
class Change:
    """Sets one field of a node."""

    node: ast.AST
    field: str
    value: object

    def __call__(self) -> None:
        """Do it."""
        setattr(self.node, self.field, self.value)
        ast.fix_missing_locations(self.node)


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(
        isinstance(side, ast.JoinedStr | ast.Constant)
        and not isinstance(getattr(side, "value", 0), int | float)
        for side in sides
    )


def survives(mutant: Mutant, tests: list[str], house: Path) -> bool:
    """Whether the tests pass with the mutant in the place of its module."""
    file = house / mutant.file
    before = file.read_text("utf-8")
    file.write_text(mutant.text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        *tests,
    ]
    try:
        environment = {**os.environ, "HYPOTHESIS_MAX_EXAMPLES": "20"}
        done = subprocess.run(
            command,
            cwd=house,
            env=environment,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
        )
        return done.returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        file.write_text(before, encoding="utf-8")


def tried(part: str, sample: int, seed: int, house: Path) -> dict[str, object]:
    """Try some mutants of one part."""
    modules, tests = PARTS[part]
    files = [ROOT / "simulator" / FOLDERS[part] / f"{name}.py" for name in modules]
    drawn = [mutant for file in files if file.exists() for mutant in mutants_of(file)]
    count = len(drawn)
    drawn = random.Random(seed).sample(drawn, min(sample, count))
    survivors = []
    for mutant in drawn:
        if survives(mutant, tests, house):
            survivors.append(f"{mutant.file}:{mutant.line}: {mutant.change}")
            print(f"survived: {survivors[-1]}", flush=True)
    killed = len(drawn) - len(survivors)
    print(f"{part}: {killed} of {len(drawn)} killed, drawn from {count}", flush=True)
    return {"of": count, "tried": len(drawn), "killed": killed, "survivors": survivors}


def main() -> None:
    """Try mutants and write what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=60, help="mutants of each part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=[*PARTS], action="append")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "mutants.json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        house = Path(scratch) / "house"
        for name in ("simulator", "tests", "configs", "scripts"):
            shutil.copytree(ROOT / name, house / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("setup.cfg", "pyproject.toml", "README.md"):
            shutil.copy(ROOT / name, house / name)
        found = {part: tried(part, asked.sample, asked.seed, house) for part in asked.part or PARTS}
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(asked.out.read_text("utf-8")) if asked.out.exists() else {}
    asked.out.write_text(json.dumps({**known, **found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
