"""Which tests run which line, and how long each takes: recorded once, by coverage with a context per test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_DURATION = re.compile(r"(\d+\.\d+)s (?:setup|call|teardown) +(\S.*)")
_DATA = "mutants.coverage"

#: Runs pytest in a copy of the project: arguments → exit status and output.
Pytest = Callable[[Sequence[str]], tuple[int, str]]


@dataclass(frozen=True)
class Covering:
    """Who runs what."""

    lines: Mapping[tuple[str, int], frozenset[str]]
    """(file, line) → the tests that run it; "" is among them where it is run outside of any test."""
    seconds: Mapping[str, float]

    def of_lines(self, file: str, lines: Iterable[int]) -> list[str]:
        """The tests that run one of these lines, quickest first; none for what an import runs."""
        found = frozenset[str]().union(*(self.lines.get((file, at), ()) for at in lines))
        return [] if "" in found else self._quickest_first(found)

    def of_file(self, file: str) -> list[str]:
        """The tests that run anything of a module, quickest first."""
        found = (tests for (name, _), tests in self.lines.items() if name == file)
        return self._quickest_first(frozenset[str]().union(*found) - {""})

    def _quickest_first(self, tests: Iterable[str]) -> list[str]:
        return sorted(tests, key=lambda test: (self.seconds.get(test, 0.0), test))


def record(house: Path, pytest: Pytest, tests: Sequence[str], files: Sequence[str]) -> Covering:
    """Run the tests once; they must pass as long as nothing is changed.

    Raises RuntimeError with their output if they do not.
    """
    (house / _DATA).unlink(missing_ok=True)
    room = "/".join(files[0].split("/")[:2])  # tracing costs time
    status, output = pytest(
        [f"--cov={room}", "--cov-context=test", "--cov-report=", "--durations=0", "-vv", *tests]
    )
    if status:
        raise RuntimeError(f"tests fail before anything was changed:\n{output[-4000:]}")
    seconds: dict[str, float] = {}
    for took, test in _DURATION.findall(output):
        seconds[test.strip()] = seconds.get(test.strip(), 0.0) + float(took)
    return Covering(_lines(house, files), seconds)


def environment() -> dict[str, str]:
    """Where a recording run writes."""
    return {"COVERAGE_FILE": _DATA}


def _lines(house: Path, files: Sequence[str]) -> dict[tuple[str, int], frozenset[str]]:
    from coverage import CoverageData

    data = CoverageData(str(house / _DATA))
    data.read()
    found = {}
    for file in files:
        for line, contexts in data.contexts_by_lineno(str(house / file)).items():
            found[file, line] = frozenset(context.rpartition("|")[0] for context in contexts)
    return found
