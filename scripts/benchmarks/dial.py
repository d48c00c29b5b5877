"""Dialling in: how many cups until the recommended recipe is within 0.25 points of the best, and stays.

Simulated customers (``dial_customers.py``) who are not the model's own family; the same customers, noise and
words for everybody. Each customer is one line of the record, so that the work can be done in parts.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.special

from benchmarks.dial_contestants import CONTESTANTS, NEEDS, Ours, suits
from benchmarks.dial_customers import CASES, Case, customer
from benchmarks.sections import write_section

CLOSE = 0.25
LOOKS = (5, 10, 15, 20, 30)
BARS = {
    "one complaint": ("cups", 4.0, 8.0),
    "biased complaints": ("regret", 0.15, 0.40),
    "ratings only, 0.7": ("regret", 0.20, 0.50),
    "ratings only, 1.0": ("regret", 0.30, 0.70),
    "wrong physics": ("regret", 0.20, 0.50),
}


def main() -> int:
    """Simulate what is missing, and print the tables."""
    options = _options()
    record = options.record
    done = {(r["case"], r["who"], r["customer"]) for r in _read(record)}
    names = [n for n in options.contestants.split(";") if _is_there(n)]
    for case in CASES:
        if options.case and case.name not in options.case:
            continue
        for number in range(options.first, options.first + options.customers):
            for name in names:
                if (case.name, name, number) in done or not suits(name, case):
                    continue
                line = _served(case, name, number, options.cups)
                with record.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
    lines, good = tables(_read(record))
    print("\n".join(lines))
    if options.page:
        write_section("dial", lines)
    return 0 if good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench dial", description=__doc__)
    parser.add_argument("--record", type=Path, default=Path("dial.jsonl"), metavar="FILE")
    parser.add_argument("--customers", type=int, default=50, help="how many in each case")
    parser.add_argument(
        "--first", type=int, default=0, help="number of the first; 1000 on were tuned on"
    )
    parser.add_argument("--cups", type=int, default=30, help="each of them drinks")
    parser.add_argument("--contestants", default=";".join(CONTESTANTS), help="names, by semicolons")
    parser.add_argument("--case", action="append", help="only this case; may be given again")
    parser.add_argument("--page", action="store_true", help="write the tables into the page")
    return parser.parse_args()


def _is_there(name: str) -> bool:
    if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
        print(f"{name}: not installed (scripts/setup bench), skipped", file=sys.stderr)
        return False
    return True


def _read(record: Path) -> list[dict[str, Any]]:
    if not record.exists():
        return []
    return [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]


def _served(case: Case, name: str, number: int, cups: int) -> dict[str, Any]:
    """One customer served by one contestant."""
    guest, barista = customer(case, number), CONTESTANTS[name](case, number)
    best, began = guest.best(), time.process_time()
    regret, drunk, places = [], [], []
    for cup in range(1, cups + 1):
        settings = barista.ask()
        rating, words = guest.answer(settings, cup)
        if isinstance(barista, Ours):
            places.append(_place(barista, rating, guest.step, (number, cup)))
        drunk.append(float(guest.liking(settings)))
        barista.tell(settings, rating, words)
        regret.append(max(0.0, best - float(guest.liking(barista.recommend()))))
    return {
        "case": case.name, "who": name, "customer": number, "best": best, "regret": regret,
        "drunk": drunk, "places": places, "seconds": (time.process_time() - began) / cups,
    }  # fmt: skip


def _place(barista: Ours, rating: float, step: float, seed: tuple[int, int]) -> float:
    """Where in its predicted distribution a rating fell, 0–1: evenly spread if the bands are right.

    A rounded rating covers a stretch of the distribution, of which a point is drawn (Czado, Gneiting & Held
    2009). The session does not know who rounds to whole points.
    """
    scores, noise = barista.scores()
    half = 0.5 * step
    low = -np.inf if rating <= 1.0 else rating - half
    high = np.inf if rating >= 9.0 else rating + half
    below, above = (np.mean(scipy.special.ndtr((e - scores) / noise)) for e in (low, high))
    return float(below + np.random.default_rng(seed).uniform() * (above - below))


def tables(record: Iterable[dict[str, Any]]) -> tuple[list[str], bool]:
    """The tables as Markdown, and whether all bars are met."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in record:
        groups.setdefault((line["case"], line["who"]), []).append(line)
    lines = ["| case | who | n | cups to 0.25 | " + " | ".join(f"regret at {n}" for n in LOOKS)
             + " | first ten |", "|---|---|---|---|" + "---|" * (len(LOOKS) + 1)]  # fmt: skip
    for case in CASES:
        for who in CONTESTANTS:
            if (case.name, who) in groups:
                lines.append(_row(case.name, who, groups[case.name, who]))
    lines += [
        "",
        "Medians / 90th percentiles; first ten: mean liking. Never: not to the end of what was drunk.",
    ]
    bars, good = _bars(groups)
    return [*lines, "", *bars], good


def cups_needed(regret: Sequence[float]) -> float:
    """Cups after which what is recommended is close, and stays so to the end; inf if never.

    >>> cups_needed([0.9, 0.1, 0.4, 0.2, 0.1]), cups_needed([0.1]), cups_needed([0.1, 0.3])
    (4.0, 1.0, inf)
    """
    far = [cup for cup, points in enumerate(regret, start=1) if points > CLOSE]
    last = max(far, default=0)
    return math.inf if last == len(regret) else last + 1.0


def _needed(lines: Sequence[dict[str, Any]]) -> Any:
    return np.array([cups_needed(line["regret"]) for line in lines])


def _after(lines: Sequence[dict[str, Any]], cups: int) -> Any:
    """Regrets after so many cups, of those who drank so many."""
    return np.array([line["regret"][cups - 1] for line in lines if len(line["regret"]) >= cups])


def _tenth(lines: Sequence[dict[str, Any]]) -> Any:
    return _after(lines, 10)


def _row(case: str, who: str, lines: list[dict[str, Any]]) -> str:
    looks = []
    for n in LOOKS:
        regret = _after(lines, n)
        few = f" (n {regret.size})" if 0 < regret.size < len(lines) else ""
        looks.append(_two(regret) + few if regret.size else "–")
    drunk = np.mean([np.mean(line["drunk"][:10]) for line in lines])
    cups = _two(_needed(lines), "{:.0f}")
    return f"| {case} | {who} | {len(lines)} | {cups} | {' | '.join(looks)} | {drunk:.2f} |"


def _two(values: Any, form: str = "{:.2f}") -> str:
    median, ninth = np.quantile(values, (0.5, 0.9), method="inverted_cdf")
    return " / ".join("never" if np.isinf(v) else form.format(v) for v in (median, ninth))


def _bars(groups: dict[tuple[str, str], list[dict[str, Any]]]) -> tuple[list[str], bool]:
    lines, good = ["| bar | asked | found | | oracle |", "|---|---|---|---|---|"], True
    for case, (what, median, ninth) in BARS.items():
        if (case, "ours") not in groups:
            continue
        measure = _needed if what == "cups" else _tenth
        values = measure(groups[case, "ours"])
        found = np.quantile(values, (0.5, 0.9), method="inverted_cdf")
        met = bool(found[0] <= median and found[1] <= ninth)
        good &= met
        name = "cups to 0.25" if what == "cups" else "regret at 10 cups"
        form = "{:.0f}" if what == "cups" else "{:.2f}"
        ceiling = groups.get((case, "oracle"))
        known = f"{_two(measure(ceiling), form)} (n {len(ceiling)})" if ceiling else ""
        lines.append(
            f"| {case}: {name} | ≤ {median:g} / ≤ {ninth:g} | {_two(values, form)} "
            f"| {'met' if met else 'missed'} | {known} |"
        )
    ours = [line for (_, who), group in groups.items() if who == "ours" for line in group]
    if ours:
        more, fine = _ours(ours)
        lines, good = lines + more, good and fine
    return lines, good


def _ours(ours: list[dict[str, Any]]) -> tuple[list[str], bool]:
    ten = [float(np.mean(line["drunk"][:10])) for line in ours]
    easy = [t for t, line in zip(ten, ours, strict=True) if line["case"] == "one complaint"]
    drunk = float(np.mean(ten))
    best = float(np.mean([line["best"] for line in ours]))
    places = np.concatenate([line["places"] for line in ours])
    inner = [float(np.mean(np.abs(places - 0.5) <= half)) for half in (0.45, 0.25)]
    seconds = float(np.max([line["seconds"] for line in ours]))
    rows = [
        (
            f"first ten cups drunk, mean liking of all cases (best possible: {best:.2f})",
            "≥ 8.0",
            f"{drunk:.2f}",
            drunk >= 8.0,
        ),
        ("a 90 % band holds", "85–95 %", f"{100 * inner[0]:.0f} %", 0.85 <= inner[0] <= 0.95),
        ("a 50 % band holds", "", f"{100 * inner[1]:.0f} %", True),
        ("one suggestion, processor time", "≤ 2 s", f"{seconds:.2f} s", seconds <= 2.0),
    ]
    if easy:
        median = f"{np.median(easy):.2f}"
        rows.insert(1, ("the same, median customer with one complaint", "", median, True))
    verdicts = [("met" if met else "missed") if asked else "" for _, asked, _, met in rows]
    text = [f"| {n} | {a} | {g} | {v} | |" for (n, a, g, _), v in zip(rows, verdicts, strict=True)]
    return text, all(met for *_, met in rows)


if __name__ == "__main__":
    sys.exit(main())
