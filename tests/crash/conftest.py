"""A small study, commands that can be killed at any write, and what is left in the folder afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ResultsError
from simulator.experiment.results import open_results

HERE = Path(__file__).parent
# Programs that tests start, which find one another beside them.
collect_ignore = ["kennel.py", "noted.py"]
SMALL = """\
name: small
seed: 3
tune: [grind_um, time_s]
fixed: {milk_g: 0, sugar_g: 0}
customers: black-strong
starts: 2
stop: {max_evaluations: 6}
optimizers: [adam, nesterov]
check: {methods: [l-bfgs-b], tolerance: 10}
sweep: {seed: [1, 2]}
"""
RUNS = 12


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str
    cpu_s: float
    memory_mb: float

    @property
    def writes(self) -> int:
        """How many calls changed a file below the watched folder."""
        return int(self.err.rpartition("writes: ")[2])


@dataclass
class Kennel:
    """Starts commands in forked children of a process that has everything loaded."""

    scratch: Path
    disk: Path | None = None
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "COLUMNS": "100"}
        # What is killed and weighed here runs as it does for users, also while coverage is measured.
        environment.pop("COVERAGE_PROCESS_CONFIG", None)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        if self.disk is not None:
            environment["LD_PRELOAD"] = str(self.disk)
        config = self.scratch / "warm-up.yaml"
        config.write_text(SMALL, encoding="utf-8")
        arguments = [config, self.scratch / "warm-up", *([self.disk] if self.disk else [])]
        self._process = subprocess.Popen(
            [sys.executable, HERE / "kennel.py", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        self._said: dict[int, tuple[Path, Path]] = {}

    def start(self, *arguments: object, **wish: Any) -> int:
        """Start a command; its process id."""
        number = next(self.numbers)
        said = (self.scratch / f"{number}.out", self.scratch / f"{number}.err")
        wish |= {"arguments": [str(argument) for argument in arguments]}
        wish |= {"out": str(said[0]), "err": str(said[1])}
        wish = {"cwd": str(self.scratch), "disk": ["", 0, 0, 0]} | wish
        child = int(self._ask({"start": wish}))
        self._said[child] = said
        return child

    def wait(self, child: int) -> Ended:
        """Wait until a command ends."""
        used = self._ask({"wait": child})
        out, err = self._said.pop(child)
        return Ended(out=_taken(out), err=_taken(err), **used)

    def run(self, *arguments: object, **wish: Any) -> Ended:
        """Run a command to its end."""
        return self.wait(self.start(*arguments, **wish))

    def close(self) -> None:
        """End."""
        for child in self._said:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.communicate()

    def _ask(self, wish: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(wish), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


def _taken(path: Path) -> str:
    # A command that was killed at once has not even made its files.
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    path.unlink(missing_ok=True)
    return text


@pytest.fixture(scope="module")
def kennel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kennel]:
    """Commands on an ordinary disk."""
    kennel = Kennel(tmp_path_factory.mktemp("kennel"))
    yield kennel
    kennel.close()


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kennel]:
    """Commands on a disk that kills or fails them at a chosen write: ``disk=[below, nth, how, errno]``."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler and LD_PRELOAD")
    scratch = tmp_path_factory.mktemp("faulty")
    library = scratch / "faulty_disk.so"
    source = str(HERE / "faulty_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    kennel = Kennel(scratch, library)
    yield kennel
    kennel.close()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The path of a small study of 12 runs."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def command(study: Path) -> Callable[[Path], Sequence[object]]:
    """The command that does the study in a folder, whatever is there already."""
    return lambda folder: ("run", study, "--no-figures", "-q", "--out", folder)


@dataclass(frozen=True)
class Left:
    """What can be read of a folder: a digest for every run, and what is told about the rest."""

    digests: dict[str, str]
    told: str
    complete: bool


@pytest.fixture(scope="session")
def left() -> Callable[[Path], Left]:
    """Reads all that a folder gives without its times, and what it says of what it does not give."""
    return _left


def _left(folder: Path) -> Left:
    found: dict[str, str] = {}
    told: list[str] = []
    complete = False
    try:
        with open_results(folder) as results:
            told += [f"{results.path}: {damage}" for damage in results.damage()]
            complete = results.progress().complete
            for run in results.each():
                with suppress(ResultsError):
                    found[run.key] = _digest(run, results.trace(run.key))
    except ResultsError as error:
        told.append(str(error))
    return Left(found, "\n".join(told), complete)


def _digest(run: Any, trace: Any) -> str:
    row = {name: value for name, value in run.row().items() if name != "wall_s"}
    names = ("value_count", "gradient_count", "hessian_count", "loss", "score", "gradient_norm")
    arrays = [getattr(trace, name) for name in (*names, "recipe")]
    content = repr(row).encode() + b"".join(array.tobytes() for array in arrays)
    return hashlib.sha256(content).hexdigest()
