"""Do the tests bite? Change one thing in a module at a time, and see whether its tests turn red.

::

    scripts/mutate.py --sample 40 --seed 1 --out build/mutants.json

Changed are comparisons, arithmetic, boolean words, numbers, conditions and returned values, one per
mutant, drawn by lot. A mutant that no test notices has survived and is listed with its line. Mutants
that change nothing anybody could observe are listed in tests/mutants/equivalent.yaml, each with its
reason, and are not drawn.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from mutants import coverage
from mutants.changes import Mutant, mutants_of
from mutants.equivalent import without_equivalent

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = ROOT / "tests" / "mutants" / "equivalent.yaml"

#: What is changed, as patterns below simulator/, and the tests that must notice.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "engine": (
        (
            "autodiff/*.py",
            "autodiff/arrays/*.py",
            "autodiff/dialects/branches.py",
            "autodiff/dialects/numpy_dialect.py",
            "autodiff/dialects/program.py",
            "autodiff/dialects/python_dialect.py",
            "autodiff/dialects/scalar_functions.py",
            "autodiff/dialects/source.py",
            "autodiff/dialects/threads.py",
        ),
        (
            "tests/autodiff",
            "simulator/autodiff",
            "--ignore=tests/autodiff/bounds",
            # Compiling C takes long and tells nothing here that Python does not.
            "--ignore=tests/autodiff/dialects/test_c_dialect.py",
            "--ignore=tests/autodiff/dialects/test_c_library.py",
            "--ignore=tests/autodiff/dialects/test_javascript_dialect.py",
            "--ignore=tests/autodiff/dialects/test_pending.py",
            "--ignore=tests/autodiff/dialects/test_special_functions.py",
            "--ignore=tests/autodiff/test_scale.py",
            "--ignore=tests/autodiff/test_taste_model_paths.py",
            "--deselect=tests/autodiff/test_compile.py::test_long_programs_are_cut_into_chunks_that_agree",
            "--deselect=tests/autodiff/test_trace.py::test_deep_graphs_need_no_recursion",
        ),
    ),
    "loader": (
        (
            "experiment/yaml_*.py",
            "experiment/faults.py",
            "experiment/extends.py",
            "experiment/config.py",
            "experiment/values.py",
            "experiment/overrides.py",
            "experiment/sweep.py",
            "experiment/study.py",
        ),
        (
            "tests/experiment/test_yaml_source.py",
            "tests/experiment/test_yaml_scalars.py",
            "tests/experiment/test_config.py",
            "tests/experiment/test_config_faults.py",
            "tests/experiment/test_config_options.py",
            "tests/experiment/test_config_schema.py",
            "tests/experiment/test_own_presets.py",
            "tests/experiment/test_study.py",
            "simulator/experiment",
        ),
    ),
    "store": (
        (
            "experiment/checked_rows.py",
            "experiment/claims.py",
            "experiment/content_key.py",
            "experiment/database.py",
            "experiment/manifest.py",
            "experiment/plain_yaml.py",
            "experiment/records.py",
            "experiment/results.py",
            "experiment/results_folder.py",
            "experiment/row_format.py",
            "experiment/store.py",
        ),
        (
            "tests/experiment/store",
            "simulator/experiment",
            # Run by an ordinary user, who cannot write what coverage records.
            "--ignore=tests/experiment/store/test_store_permissions.py",
        ),
    ),
}
COPIED = ("simulator", "tests", "configs", "scripts", "setup.cfg", "pyproject.toml", "README.md")
QUIET = ("randomly", "cacheprovider", "xdist")
#: Tests that are tried before all others: as many, and no more seconds than this.
FIRST = 30
FIRST_SECONDS = 5.0
#: A mutant may be slower than the module by so much, in seconds and times; the rest is an endless loop.
PATIENCE = (30.0, 5.0)
MEMORY_KIB = 8_000_000


@dataclass(frozen=True)
class House:
    """A copy of the project in which one mutant at a time lives."""

    folder: Path

    def pytest(self, arguments: Sequence[str], seconds: float = 3600.0) -> tuple[int, str]:
        """Run tests; returns their exit status and what they said."""
        quiet = [word for plugin in QUIET for word in ("-p", f"no:{plugin}")]
        command = [sys.executable, "-m", "pytest", *quiet, *arguments]
        # An endless loop may also be one that fills the memory.
        bounded = ["sh", "-c", f'ulimit -v {MEMORY_KIB}; exec "$@"', "sh", *command]
        own = {"PYTHONPATH": str(self.folder), **coverage.environment()}
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen(
                bounded,
                cwd=self.folder,
                env={**os.environ, **own},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                status = process.wait(seconds)
            finally:  # with all that the tests may have started
                _end(process)
            output.seek(0)
            return status, output.read()

    def notices(self, tests: Sequence[str], seconds: float) -> str | None:
        """The first test that fails, "" if they hang, None if all pass."""
        listed = self.folder / "tests.txt"
        listed.write_text("\n".join(tests), encoding="utf-8")
        try:
            status, output = self.pytest(
                ["-q", "-x", "--tb=no", "-rfE", f"@{listed.name}"], seconds
            )
        except subprocess.TimeoutExpired:
            return ""
        if not status:
            return None
        marks = ("FAILED ", "ERROR ")
        failed = [line for line in output.splitlines() if line.startswith(marks)]
        return failed[0].partition(" ")[2].split(" - ")[0] if failed else ""


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


@dataclass(frozen=True)
class Trial:
    """Tries the mutants of one part in several copies of the project at a time."""

    tests: tuple[str, ...]
    covering: coverage.Covering
    houses: queue.Queue[House]
    killers: dict[str, list[str]] = field(default_factory=dict)
    """Module → the tests that noticed its mutants, the latest first."""

    def survives(self, mutant: Mutant) -> bool:
        """Whether no test notices; whoever runs the line is asked first, then whoever runs the module."""
        house = self.houses.get()
        file = house.folder / mutant.file
        before = file.read_text("utf-8")
        file.write_text(mutant.text(house.folder), encoding="utf-8")
        try:
            for tests in self._rounds(mutant):
                slow, times = PATIENCE
                seconds = slow + times * sum(self.covering.seconds.get(test, 0) for test in tests)
                killer = house.notices(tests, seconds)
                if killer is not None:
                    self._remember(mutant.file, killer)
                    return False
            return True
        finally:
            file.write_text(before, encoding="utf-8")
            self.houses.put(house)

    def _rounds(self, mutant: Mutant) -> list[list[str]]:
        everybody = self.covering.of_file(mutant.file) or [*self.tests]
        near = self.covering.of_lines(mutant.file, mutant.lines) or everybody
        known = set(near)
        ordered = [test for test in self.killers.get(mutant.file, ()) if test in known]
        ordered += [test for test in near if test not in set(ordered)]
        first: list[str] = []
        spent = 0.0
        for test in ordered[:FIRST]:
            spent += self.covering.seconds.get(test, 0.0)
            if first and spent > FIRST_SECONDS:
                break
            first.append(test)
        tried = set(ordered)
        others = [test for test in everybody if test not in tried]
        return [tests for tests in (first, ordered[len(first) :], others) if tests]

    def _remember(self, file: str, killer: str) -> None:
        known = self.killers.setdefault(file, [])
        if killer in known:
            known.remove(killer)
        if killer:
            known.insert(0, killer)


def modules(patterns: Sequence[str]) -> list[str]:
    """The modules that patterns name. Exits if one of them names none."""
    found: list[str] = []
    for pattern in patterns:
        files = sorted((ROOT / "simulator").glob(pattern))
        if not files:
            sys.exit(f"{Path(__file__).name}: simulator/{pattern} names no module")
        found += [file.relative_to(ROOT).as_posix() for file in files]
    return found


def tried(
    part: str, sample: int, seed: int, houses: queue.Queue[House], jobs: int
) -> dict[str, object]:
    """Try some mutants of one part."""
    patterns, tests = PARTS[part]
    files = modules(patterns)
    every = [mutant for file in files for mutant in mutants_of(ROOT, file)]
    candidates = without_equivalent(every, EQUIVALENT)
    drawn = random.Random(seed).sample(candidates, min(sample, len(candidates)))
    house = houses.get()
    covering = coverage.record(house.folder, house.pytest, tests, files)
    houses.put(house)
    print(f"{part}: {len(covering.seconds)} tests recorded", flush=True)
    trial = Trial(tests, covering, houses)
    survivors = []
    with ThreadPoolExecutor(jobs) as workers:
        for mutant, survived in zip(drawn, workers.map(trial.survives, drawn), strict=True):
            if survived:
                survivors.append(str(mutant))
                print(f"survived: {mutant}", flush=True)
    killed = len(drawn) - len(survivors)
    print(f"{part}: {killed} of {len(drawn)} noticed, drawn from {len(candidates)}", flush=True)
    return {
        "of": len(candidates),
        "equivalent": len(every) - len(candidates),
        "seed": seed,
        "tried": len(drawn),
        "killed": killed,
        "survivors": survivors,
    }


def copied(folder: Path) -> House:
    """A copy of the project."""
    folder.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
        else:
            shutil.copy(ROOT / name, folder / name)
    return House(folder)


def main() -> None:
    """Try mutants and write what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=60, help="mutants of each part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=[*PARTS], action="append")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "mutants.json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)  # some tests are run by an ordinary user
        houses: queue.Queue[House] = queue.Queue()
        for number in range(asked.jobs):
            houses.put(copied(Path(scratch).resolve() / f"house-{number}"))
        found = {
            part: tried(part, asked.sample, asked.seed, houses, asked.jobs)
            for part in asked.part or PARTS
        }
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(asked.out.read_text("utf-8")) if asked.out.exists() else {}
    asked.out.write_text(json.dumps({**known, **found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
