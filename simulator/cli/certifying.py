"""What ``simulator certify`` does, and what it says meanwhile."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from simulator.certify import (
    MADE,
    Bracket,
    Certificate,
    Plan,
    Refuted,
    prove,
    read,
    verify,
    write,
)
from simulator.cli import terminal
from simulator.cli.proof_text import decimals
from simulator.errors import RunFailed
from simulator.experiment.config import load
from simulator.experiment.problem import Problem, problem_of
from simulator.experiment.results_folder import refuse_files_of_results

_REASONS = {
    "boxes": "the budget of boxes is spent (--boxes)",
    "time": "the time is up (--seconds)",
    "memory": "the boxes in waiting fill the memory that was allowed (--memory-mb)",
    "rounding": "the tolerance is smaller than what rounding leaves to be told (--within)",
    "interrupted": "it was interrupted",
}


def certify_config(
    config: Path, plan: Plan, out: Path | None, *, as_json: bool, allow_code: bool
) -> int:
    """Prove, write the certificate, tell; return the exit status."""
    if out is not None:
        refuse_files_of_results(out)
    experiment = load(config)
    problem = problem_of(experiment, config, allow_code=allow_code)
    console, aside = terminal.console(stderr=as_json), terminal.console(stderr=True)
    certificate = _proved(problem, plan, aside)
    if not math.isfinite(certificate.lower):
        why = "the bounds know no least value of it over the whole box"
        raise RunFailed(f"{experiment.name}: nothing is proved, {why}; give it more time")
    path = out or MADE / f"{experiment.name}.json"
    write(certificate, path)
    for line in told(problem, certificate):
        console.print(line, soft_wrap=True)
    if certificate.reason and plan.checkpoint:
        again = (
            f"simulator certify {config} --within {plan.within:g} --checkpoint {plan.checkpoint}"
        )
        console.print(f"to go on: {escape(again)}", soft_wrap=True)
    console.print(f"certificate: {escape(str(path))}", soft_wrap=True)
    if as_json:
        print(json.dumps(summary(problem, certificate), indent=2, allow_nan=False))
    return 0 if certificate.proved else 1


def _proved(problem: Problem, plan: Plan, aside: Console) -> Certificate:
    if not aside.is_terminal:
        return prove(problem, plan)
    with Status("looking for the best recipe", console=aside) as status:

        def tell(bracket: Bracket) -> None:
            status.update(
                f"best {_best(problem, bracket)} · {bracket.boxes:,} boxes examined, "
                f"{bracket.waiting:,} in waiting · {bracket.seconds:.0f} s"
            )

        return prove(problem, plan, tell)


def _best(problem: Problem, bracket: Bracket) -> str:
    low, high = _in_unit(problem, bracket.lower, bracket.upper)
    return f"between {low:.6f} and {high:.6f}"


def _in_unit(problem: Problem, lower: float, upper: float) -> tuple[float, float]:
    """The bracket of the objective's best value, from that of the loss, lowest first."""
    if not problem.is_coffee:
        return lower, upper
    return problem.perfect - upper, problem.perfect - lower


def told(problem: Problem, certificate: Certificate) -> list[str]:
    """The claim in sentences."""
    low, high = _in_unit(problem, certificate.lower, certificate.upper)
    width, digits = certificate.upper - certificate.lower, decimals(certificate)
    name, what = escape(certificate.name), "value" if not problem.is_coffee else "objective"
    work = f"{certificate.boxes:,} boxes in {certificate.seconds:.1f} s"
    best = f"the best {what} lies between {low:.{digits}f} and {high:.{digits}f}"
    knobs = ", ".join(f"{knob} {value:.6g}" for knob, value in certificate.recipe.items())
    if certificate.proved:
        first = f"{name}: proved within {certificate.within:g}{unit(problem)}: {best}; {work}."
    else:
        why = _REASONS[str(certificate.reason)]
        first = f"{name}: not proved, {why}. Bracket of {width:.3g}{unit(problem)}: {best}; {work}."
    return [first, f"recipe: {knobs}"]


def unit(problem: Problem) -> str:
    """What the objective is counted in, after a number."""
    if not problem.is_coffee:
        return ""
    return " points" if problem.perfect == 9.0 else " of the customers"


def summary(problem: Problem, certificate: Certificate) -> dict[str, Any]:
    """The claim for programs."""
    low, high = _in_unit(problem, certificate.lower, certificate.upper)
    return {
        "experiment": certificate.name,
        "problem_hash": certificate.problem_hash,
        "proved": certificate.proved,
        "reason": certificate.reason,
        "within": certificate.within,
        "objective": {"at_least": low, "at_most": high},
        "loss": {"lower": certificate.lower, "upper": certificate.upper},
        "recipe": dict(certificate.recipe),
        "boxes": certificate.boxes,
        "seconds": certificate.seconds,
    }


def verify_file(path: Path, config: Path | None, *, as_json: bool, allow_code: bool) -> int:
    """Check a certificate, against a config if one is given; tell; return the exit status."""
    certificate = read(path)
    problem = certificate_problem(certificate, config, allow_code)
    console, aside = terminal.console(stderr=as_json), terminal.console(stderr=True)
    try:
        checked = verify(certificate, problem)
    except Refuted as failure:
        aside.print(f"{escape(str(path))}: refuted: {escape(str(failure))}", soft_wrap=True)
        if as_json:
            print(json.dumps({"verified": False, "why": str(failure)}, indent=2))
        return 1
    for line in told(problem, certificate):
        console.print(line, soft_wrap=True)
    console.print(
        f"verified: {checked.boxes:,} boxes cover the whole box, {checked.examined:,} of them were "
        f"examined again in {checked.seconds:.1f} s."
    )
    if as_json:
        told_again = {"verified": True, "verified_in_s": round(checked.seconds, 2)}
        print(json.dumps(summary(problem, certificate) | told_again, indent=2, allow_nan=False))
    return 0 if certificate.proved else 1


def certificate_problem(certificate: Certificate, config: Path | None, allow_code: bool) -> Problem:
    """The problem to hold a certificate against: the config's, or the one that it describes itself."""
    if config is None:
        return certificate.problem()
    return problem_of(load(config), config, allow_code=allow_code)
