"""Writes what a comparison found into the documents, with its n and its intervals."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from simulator.compare.comparison import Asked, report_of_folders
from simulator.compare.costs import COST_MODELS
from simulator.compare.intervals import Estimate
from simulator.compare.report import Report

ROOT = Path(__file__).resolve().parents[2]
ROOM, FRONT = ROOT / "simulator" / "compare" / "README.md", ROOT / "README.md"
BEGIN, END = "<!-- bench compare: begin -->\n", "<!-- bench compare: end -->\n"
GAP = 1e-8


def complete(report: Report) -> Report:
    """The report on those problems alone of which every run is there."""
    whole = [p for p, there in enumerate(report.hits.present.all(axis=(1, 2))) if there]
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
    return told + "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def parts(report: Report) -> str:
    """The first five on coffee alone and on the classical functions alone."""
    text = ""
    for name, rows in report.parts.items():
        first = ", ".join(f"{each.optimizer} {each.ert.text()}" for each in rows[:5])
        text += f"\nOn {name} alone (n = {rows[0].problems}): {first}.\n"
    return text


def between_marks(path: Path, text: str) -> None:
    """Replace what stands between the marks of a document."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}{text}{END}{rest.split(END)[1]}", encoding="utf-8")


def front(report: Report) -> str:
    """One paragraph for the front page, with the prices under which another one is cheapest."""
    return f"{report.verdict()} Intervals are 95 %. {report.prices()}".rstrip() + "\n"


def main() -> None:
    """Read, print, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("results", type=Path, help="a folder of `simulator compare --suite full`")
    parser.add_argument("--readme", action="store_true", help="write into both READMEs")
    given = parser.parse_args()
    report = complete(report_of_folders([given.results], Asked(COST_MODELS["calls"], GAP)))
    text = f"{front(report)}\n{table(report)}{parts(report)}"
    print(text)
    if given.readme:
        between_marks(ROOM, text)
        between_marks(FRONT, front(report))


if __name__ == "__main__":
    main()
