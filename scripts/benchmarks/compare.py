"""Writes what a comparison found into the documents, with its n and its intervals."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from math import isinf
from pathlib import Path

import numpy as np

from simulator.compare.comparison import Asked, report_of, report_of_folders, whole_comparison
from simulator.compare.costs import COST_MODELS
from simulator.compare.effort import Effort
from simulator.compare.intervals import Estimate
from simulator.compare.report import Report
from simulator.compare.sensitivity import REPEATS

ROOT = Path(__file__).resolve().parents[2]
ROOM, FRONT = ROOT / "simulator" / "compare" / "README.md", ROOT / "README.md"
BEGIN, END = "<!-- bench compare: begin -->\n", "<!-- bench compare: end -->\n"
GAP = 1e-8


def complete(report: Report) -> Report:
    """The report on those problems alone of which every run is there."""
    whole = np.flatnonzero(report.hits.present.all(axis=(1, 2))).tolist()
    return replace(report, hits=report.hits.on(whole))


def share(estimate: Estimate) -> str:
    """Per cent with its interval."""
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{100 * estimate.value:.0f} [{low:.0f}, {high:.0f}]"


def table(report: Report) -> str:
    """Every optimizer, best first, in Markdown."""
    problems, _, repeats = report.hits.present.shape
    duels = {each.other: each for each in report.duels}
    ranks = {each.optimizer: each.mean.text(1) for each in report.ranks}
    models = [name for name in report.by_model if name != report.model.name]
    best = report.best.optimizer
    heads = [
        "optimizer",
        "calls to 1e-8",
        "% of runs arrived",
        "problems solved",
        "mean rank",
        *models,
    ]
    heads += [f"× {best}", "p (Holm)"]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for each in report.standings:
        duel = duels.get(each.optimizer)
        lines.append(
            [
                each.optimizer,
                each.ert.text(),
                share(each.success),
                f"{each.solved}/{each.problems}",
                ranks[each.optimizer],
                *(report.by_model[name][each.optimizer].ert.text() for name in models),
                duel.ratio.text(2) if duel else "",
                f"{duel.p_holm:.1g}" if duel else "",
            ]
        )
    told = (
        f"n = {problems} problems × {repeats} starts, budget {report.budget} values, gap {GAP:g}. "
        "*calls*: the median over problems of the expected running time, every value, gradient and "
        "Hessian counting 1; the next columns are the same runs under other prices; in brackets "
        f"95 %. *×*: the median ratio to {best}, problem by problem.\n\n"
    )
    return told + rows(lines)


def parts(report: Report) -> str:
    """The verdict and the first five, on coffee alone and on the classical functions alone."""
    text = ""
    for name, part in report.parts.items():
        first = ", ".join(f"{each.optimizer} {each.ert.text()}" for each in part.standings[:5])
        text += f"\nOn {name} alone: {part.verdict()} The first five: {first}.\n"
    return text


def tuning(report: Report) -> str:
    """Default against tuned, in Markdown; empty if nothing was tuned."""
    if not report.tuned:
        return ""
    n, trials = report.tuned[0].tuned.n, max(each.trials for each in report.tuned)
    runs = max(each.default_success.n for each in report.tuned)
    told = (
        f"\n**Tuned.** {trials} trials each on problems that are not raced, then the shipped configs "
        f"(n = {n} problems, {runs} runs each); calls to {GAP:g} with 95 % intervals. *pays after*: problems "
        "until what tuning saves has paid for the trials.\n\n"
    )
    heads = [
        "optimizer",
        "default",
        "tuned",
        "% arrived: default",
        "tuned",
        "trials cost",
        "pays after",
    ]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for each in report.tuned:
        pays = "never" if isinf(each.pays_after) else f"{each.pays_after:.0f}"
        lines.append(
            [
                each.optimizer,
                each.default.text(),
                each.tuned.text(),
                share(each.default_success),
                share(each.tuned_success),
                f"{each.price:.0f}",
                pays if each.options else "defaults were best",
            ]
        )
    return told + rows(lines)


def noise(report: Report) -> str:
    """Who satisfies noisy customers with the fewest cups, and who fails."""
    if report.noisy is None:
        return ""
    problems, _, repeats = report.noisy.present.shape
    last = report.recommended
    found = [
        f"{each.optimizer} {each.ert.text()} ({share(each.success)}; {share(last[each.optimizer])})"
        for each in report.noisy_standings
    ]
    return (
        f"\n**Noisy customers** (n = {problems} problems × {repeats} starts): cups until one is within 0.05 "
        "of the best true mean, and in brackets % of runs that served such a cup in 300, and % whose last "
        "word is such a cup. "
        f"Fewest: {', '.join(found[:6])}; most: {', '.join(found[-3:])}.\n"
    )


def rates(report: Report) -> str:
    """How far a learning rate may be off until it costs twice as much as at its best."""
    if not report.sensitivities:
        return ""
    found = []
    for each in report.sensitivities:
        best = each.ert.min()
        if isinf(best):
            found.append(f"{each.optimizer} never arrives on half of them")
            continue
        good = each.factors[each.ert <= 2 * best]
        at = each.factors[each.ert.argmin()]
        found.append(f"{each.optimizer} ×{good[0]:g} … ×{good[-1]:g} (best at ×{at:g})")
    n = report.sensitivities[0].n
    return (
        f"\n**Learning rates** (n = {n} problems × {REPEATS} starts): the multiples of the default, from "
        f"0.01 to 10, at which an optimizer needs at most twice its least: {', '.join(found)}.\n"
    )


def effort(folder: Path) -> str:
    """What all of it took."""
    taken = Effort(folder)
    if not taken.seconds:
        return ""
    # Seconds are measured by one process alone, everything else by two.
    minutes = (sum(taken.seconds.values()) + taken.seconds.get("timing", 0.0)) / 120
    return f"\nAll of it took {taken.told()}: {minutes:.0f} minutes on two cores with nothing else to do.\n"


def rows(lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def between_marks(path: Path, text: str) -> None:
    """Replace what stands between the marks of a document."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}{text}{END}{rest.split(END)[1]}", encoding="utf-8")


def front(report: Report) -> str:
    """A few points for the front page, with the prices and the noise under which another one is best."""
    told = [report.verdict(), report.prices()]
    coffee = report.parts.get("coffee")
    if coffee is not None and len(coffee.beaten) == len(coffee.duels):
        told.insert(
            1, f"On coffee alone ({coffee.problems}) it needs fewer than every one of them."
        )
    if report.noisy_standings:
        first, *_ = report.noisy_standings
        best = next(
            each for each in report.noisy_standings if each.optimizer == report.best.optimizer
        )
        told.append(
            f"With noisy customers (n = {first.problems} problems) {first.optimizer} finds a cup within "
            f"0.05 of the best with the fewest cups, {first.ert.text()}, where {best.optimizer} needs "
            f"{best.ert.text()}."
        )
    told += [report.references(), "In brackets: intervals of 95 %."]
    return "\n".join(f"- {each[0].upper()}{each[1:]}" for each in told if each) + "\n"


def main() -> None:
    """Read, print, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("results", type=Path, help="a folder of `simulator compare --suite full`")
    parser.add_argument("--readme", action="store_true", help="write into both READMEs")
    given = parser.parse_args()
    whole = whole_comparison(given.results)
    asked = Asked(COST_MODELS["calls"], GAP)
    if whole is not None and (given.results / "tuned").is_dir():
        report = report_of(*whole, given.results, "", asked)
    else:
        report = report_of_folders([given.results], asked)
    report = complete(report)
    text = f"{front(report)}\n{table(report)}{parts(report)}"
    text += tuning(report) + noise(report) + rates(report) + effort(given.results)
    print(text)
    if given.readme:
        between_marks(ROOM, text)
        between_marks(FRONT, front(report))


if __name__ == "__main__":
    main()
