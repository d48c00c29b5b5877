"""Write the table of what survives into README.md, from the figures that ``scripts/test --report`` gathered.

A row is written from what was measured, and left as it is where nothing was.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"(<!-- reliability -->\n).*?(<!-- end -->)", re.DOTALL)
#: Promise, the figures' name, and what was found.
ROWS = (
    (
        "`kill -9` loses at most the batch in flight",
        "kills",
        "{kills:,} kills ({at_writes:,} of them at every single write to disk): {bad} bad states, the same "
        "bits after going on; batches lost at a kill: at most {most_batches} with two workers, 1 without; "
        "{again:,} runs computed twice, all of them lost ones",
    ),
    (
        "`kill -9` loses no cup of a dial-in",
        "dial kills",
        "{kills:,} kills while cups were written: {lost} lost that had been reported, {torn} half written",
    ),
    (
        "the same bits however it is computed",
        "bits",
        "{methods} methods, {runs} runs, with `-j 1`, `-j 4`, shares merged: {different} differ",
    ),
    (
        "Ctrl-C and SIGTERM drain, save and end",
        "stopping",
        "{stops:,} stops of a command or its whole process group: {orphans} processes left, "
        "at most {most_s:.1f} s",
    ),
    (
        "Dask that fails",
        "dask",
        "{failures:,} failures (no scheduler, a killed one, killed workers): {lost} runs lost",
    ),
    (
        "a sweep of {runs:,.0f} runs over {optimizers} optimizers on two cores",
        "sweep",
        "{wall:,.0f} s by the clock, {cpu:,.0f} s of processors, "
        "{memory:.0f} MB in the main process; {overhead:.2f} ms for each run beside its own work",
    ),
    (
        "corruption is noticed",
        "corruption",
        "{flips:,} flipped bits, {cuts:,} cuts: {wrong} wrong numbers; {mended} folders mended afterwards",
    ),
    (
        "several commands share a folder",
        "together",
        "{processes:,} started together: {twice} runs twice, {lost} lost",
    ),
    (
        "full disk, limits, read-only or vanished folder",
        "disk",
        "{failures:,} failures: exit status 2, {lost} runs lost, each goes on afterwards",
    ),
    (
        "hostile YAML is refused at once",
        "hostile yaml",
        "{files:,} files: exit status 2 with file and line, at most {most_s:.2f} s "
        "(the least of three tries) and {most_mb:.0f} MB",
    ),
    (
        "nothing is written outside the output folder",
        "hostile names",
        "{names:,} names, {symlinks:,} links: {written_outside} files outside",
    ),
    (
        "nonsense numbers are refused, or end with the last good recipe",
        "nonsense",
        "{refused:,} refused with their line, {runs:,} runs ended well",
    ),
    (
        "every spoilt field is named with line and remedy",
        "schema",
        "{mutated:,} mutated configs: {unnamed} unnamed",
    ),
    (
        "results are data",
        "data",
        "{modules:,} modules, {pickles} that load pickles; {markup:,} scripts shown as text",
    ),
    (
        "the tests go everywhere",
        "coverage",
        "{percent:.1f} % of lines and branches together, {branches:.1f} % of the branches alone",
    ),
    (
        "the tests bite",
        "mutants",
        "{killed:,} of {tried:,} mutants of engine, loader and store are noticed ({percent:.0f} %; "
        "[the others](tests/mutants/survivors.md))",
    ),
)


def row(promise: str, sentence: str, figures: Mapping[str, Any]) -> str:
    """One line of the table."""
    return f"| {promise.format(**figures)} | {sentence.format(**figures)} |"


def table(measured: Mapping[str, Mapping[str, Any]], before: str) -> str:
    """The table; rows that were not measured keep what they said before."""
    known = {
        line.split("|")[1].strip(): line for line in before.splitlines() if line.count("|") == 3
    }
    lines = ["| promise | tried, and what came of it |", "|---|---|"]
    for promise, name, sentence in ROWS:
        if name in measured:
            lines.append(row(promise, sentence, measured[name]))
        else:
            lines += [line for kept, line in known.items() if _same(promise, kept)]
    return "\n".join(lines) + "\n"


def _same(promise: str, written: str) -> bool:
    """Whether a promise, which may have gaps for figures, is the one that stands in the table."""
    parts = map(re.escape, re.split(r"\{[^}]*\}", promise))
    return re.fullmatch(".*".join(parts), written) is not None


def gathered(folder: Path) -> dict[str, dict[str, Any]]:
    """The figures of tests, coverage and mutants, as far as they are there."""
    found: dict[str, dict[str, Any]] = {}
    if (folder / "figures.json").exists():
        found |= json.loads((folder / "figures.json").read_text("utf-8"))
    if (folder / "coverage.json").exists():
        totals = json.loads((folder / "coverage.json").read_text("utf-8"))["totals"]
        found["coverage"] = {
            "percent": totals["percent_covered"],
            "branches": totals["percent_branches_covered"],
        }
    if (folder / "mutants.json").exists():
        parts = json.loads((folder / "mutants.json").read_text("utf-8")).values()
        tried, killed = (sum(part[name] for part in parts) for name in ("tried", "killed"))
        found["mutants"] = {"tried": tried, "killed": killed, "percent": 100 * killed / tried}
    if (folder / "running.json").exists():
        found |= _sweep(json.loads((folder / "running.json").read_text("utf-8")))
    return found


def _sweep(measured: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, Any]]:
    """The large sweep, from what ``scripts/bench running --page`` measured."""
    ((name, row),) = [item for item in measured.items() if item[0].endswith(" optimizers")]
    return {
        "sweep": {
            "optimizers": name.partition(" ")[0],
            "runs": row["runs"],
            "wall": row["wall s"],
            "cpu": row["processor s, all processes"],
            "memory": row["peak memory of the main process, MB"],
            "overhead": row["overhead of a run, ms"],
        }
    }


def survivors(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """The mutants that no test noticed, by part."""
    lines = [
        "# Mutants that no test noticed",
        "",
        "The last draws of `scripts/mutate.py`; `equivalent.yaml` has those that nobody could notice, "
        "which are not drawn.",
    ]
    for name, part in parts.items():
        noticed, drawn = f"{part['killed']} of {part['tried']}", f"{part['of']:,}"
        told = f"**{name}**: {noticed} noticed, drawn from {drawn} with seed {part['seed']}."
        lines += ["", told, ""]
        lines += [f"- `{line.replace('`', '')}`" for line in part["survivors"]]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table, and the list of mutants that survived."""
    mutants = ROOT / "build" / "mutants.json"
    if mutants.exists():
        listed = survivors(json.loads(mutants.read_text("utf-8")))
        (ROOT / "tests" / "mutants" / "survivors.md").write_text(listed, encoding="utf-8")
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    found = MARK.search(text)
    if found is None:
        sys.exit(f"{readme}: it has no place for the table of what survives")
    written = table(gathered(ROOT / "build"), found[0])
    readme.write_text(MARK.sub(lambda mark: mark[1] + written + mark[2], text), encoding="utf-8")
    print(written, end="")


if __name__ == "__main__":
    main()
