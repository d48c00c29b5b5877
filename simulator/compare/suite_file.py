"""Makes the suite's file: draws the instances, solves each many times over, proves what can be proved.

Run by ``scripts/suite``, when the taste model has changed or the suite shall have a new version; results
of the old suite are refused afterwards, because their targets were others. Proofs move no target.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

from simulator.compare import drawing_instances as draw
from simulator.compare.classical_boxes import CLASSICAL
from simulator.compare.proofs import WITHIN, certified, proved
from simulator.compare.references import Reference, reference
from simulator.compare.suite import (
    VERSION,
    Instance,
    Suite,
    instance_of,
    problem_from,
    read_suite,
    suite_text,
)
from simulator.errors import ResultsError
from simulator.experiment.problem import Problem

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


def with_proofs(suite: Suite, told: Callable[[Suite], object]) -> Suite:
    """The suite with a bracket for every reference that has none yet, those for tuning left aside.

    ``told`` hears of the suite after every proof, so that it can be kept. Raises ResultsError where a
    proof meets a lower value than the reference: then the suite must be solved anew, as a new version.
    """
    lowest: dict[str, float] = {}
    raced, noisy = list(suite.raced), list(suite.noisy)
    for part in (raced, noisy):
        for place, each in enumerate(part):
            exact = problem_from({k: of for k, of in each.settings.items() if k != "noise"})
            found = each.reference
            if exact.hash in lowest:
                found = replace(found, certified=max(0.0, found.least - lowest[exact.hash]))
            elif found.certified is None or found.certified > WITHIN:
                found = _bracket(each, exact)
            if found.certified is not None:
                lowest[exact.hash] = found.least - found.certified
            part[place] = replace(each, reference=found)
            suite = replace(suite, raced=tuple(raced), noisy=tuple(noisy))
            told(suite)
    return suite


def _bracket(instance: Instance, exact: Problem) -> Reference:
    found, began = instance.reference, process_time()
    if instance.is_classical and not CLASSICAL[instance.name].least:
        # A sum of squares and the like, which is nowhere below 0 and is 0 at the published point.
        return replace(found, certified=0.0)
    bracket = certified(exact, found)
    if bracket.certified is None or bracket.certified > WITHIN:
        bracket = proved(exact, bracket)
    print(f"{instance.name}: {bracket.certified} ({process_time() - began:.0f} s)", file=sys.stderr)
    if bracket.least < found.least:
        raise ResultsError(
            f"{instance.name}: the proof met {bracket.least!r}, less than the reference {found.least!r}: "
            "raise VERSION, and draw the suite again from a better search"
        )
    return bracket


def keep(suite: Suite) -> None:
    """Write the file; one that was there is replaced at once or not at all."""
    draft = FILE.with_name(f".{FILE.name}")
    draft.write_text(suite_text(suite), encoding="utf-8")
    draft.replace(FILE)


def main() -> None:
    """Write the file; with ``--prove`` only what is not proved in it yet, with ``--check`` nothing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("configs", type=Path, nargs="?", default=Path("configs"))
    parser.add_argument("--check", action="store_true", help="write nothing, check every hash")
    parser.add_argument("--prove", action="store_true", help="draw nothing, prove what is unproved")
    given = parser.parse_args()
    if given.check:
        suite = read_suite()
        for each in (*suite.raced, *suite.tuning, *suite.noisy):
            each.check()
        print(f"suite {suite.version}, {suite.hash[:12]}: every problem is what it was")
        return
    with_proofs(read_suite() if given.prove else drawn_suite(given.configs), keep)


if __name__ == "__main__":
    main()
