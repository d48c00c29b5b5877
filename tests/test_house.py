"""The house rules: imports point down the floors, nothing heavy is imported early, names say something."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "simulator"
FLOORS = {
    "autodiff": 0,
    "coffee": 0,
    "optimizers": 0,
    "calibration": 1,
    "experiment": 1,
    "certify": 2,
    "explain": 2,
    "figures": 2,
    "running": 2,
    "dialin": 3,
    "compare": 3,
    "page": 3,
    "report": 4,
    "cli": 5,
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path):
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else None


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "simulator" and len(parts) > 1 and parts[1] in FLOORS:
                yield parts[1]


def test_every_room_has_a_floor():
    rooms = {p.name for p in PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert rooms == set(FLOORS)


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p)], ids=lambda p: p.stem)
def test_imports_point_down_the_floors(path):
    room = room_of(path)
    for other in imported_rooms(path):
        assert other == room or FLOORS[other] < FLOORS[room], f"{path} imports {other}"


def test_no_module_is_a_drawer_for_odds_and_ends():
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert not [path for path in MODULES if path.stem in vague]


@pytest.mark.parametrize(
    "start",
    ["import simulator", "from simulator.cli.app import run_command; run_command(['--help'])"],
)
def test_nothing_heavy_is_imported_before_a_verb_runs(start):
    heavy = "{'numpy', 'scipy', 'matplotlib', 'pydantic', 'yaml', 'sqlite3'}"
    code = f"import sys\n{start}\nfound = {heavy} & set(sys.modules)\nsys.exit(str(found) if found else 0)"
    # Measuring coverage, which children of tests join, keeps its figures in SQLite.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env=alone,
    )
    assert done.returncode == 0, done.stderr
