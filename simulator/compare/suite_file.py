"""Makes the suite's file: draws the instances, solves each many times over, writes what was found.

Run by ``scripts/suite``, when the taste model has changed or the suite shall have a new version; results
of the old suite are refused afterwards, because their targets were others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simulator.compare import drawing_instances as draw
from simulator.compare.classical_boxes import CLASSICAL
from simulator.compare.references import reference
from simulator.compare.suite import (
    VERSION,
    Instance,
    Suite,
    instance_of,
    problem_from,
    read_suite,
    suite_text,
)

FILE = Path(__file__).parent / "data" / f"suite-{VERSION}.json"


def solved(instances: Iterable[tuple[str, str, dict[str, Any]]]) -> tuple[Instance, ...]:
    """The instances with their references; noise is left aside, since the true mean is what counts."""
    found = []
    for name, group, settings in instances:
        known = (
            CLASSICAL[name].least if group == "classical" and not CLASSICAL[name].least else None
        )
        exact = {part: value for part, value in settings.items() if part != "noise"}
        optimum = reference(problem_from(exact), known)
        print(
            f"{name}: {optimum.least:.12g} ({optimum.confirmed} of {optimum.searches})",
            file=sys.stderr,
        )
        found.append(instance_of(name, group, settings, optimum))
    return tuple(found)


def drawn_suite(configs: Path) -> Suite:
    """The whole suite, drawn from the configs in a folder."""
    return Suite(
        raced=solved([*draw.coffee_instances(configs, draw.RACED), *draw.classical_instances()]),
        tuning=solved(draw.coffee_instances(configs, draw.TUNED)),
        noisy=solved(draw.noisy_instances(configs)),
    )


def main() -> None:
    """Write the file, or with ``--check`` only say whether its problems are what they were."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("configs", type=Path, nargs="?", default=Path("configs"))
    parser.add_argument("--check", action="store_true", help="write nothing, check every hash")
    given = parser.parse_args()
    if given.check:
        suite = read_suite()
        for each in (*suite.raced, *suite.tuning, *suite.noisy):
            each.check()
        print(f"suite {suite.version}, {suite.hash[:12]}: every problem is what it was")
        return
    FILE.write_text(suite_text(drawn_suite(given.configs)), encoding="utf-8")


if __name__ == "__main__":
    main()
