"""``python -m simulator.calibration``: fit the palates to the published ratings and write them down."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

from simulator.calibration.palate_file import Content, calibrate, differences, write
from simulator.calibration.ratings import SHA256, read_ratings
from simulator.coffee import PALATE_FILE
from simulator.errors import InputError

DATA = Path("../shared/data/cotter_dataset.csv")
TOLERANCE = 1e-6


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status: 0 done, 1 failed or differs, 2 no usable data."""
    parser = argparse.ArgumentParser(
        prog="scripts/calibrate", description=__doc__.partition(": ")[2]
    )
    parser.add_argument("data", nargs="?", type=Path, default=DATA, help="cotter_dataset.csv")
    parser.add_argument("--out", type=Path, default=PALATE_FILE, help="file to write")
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    given = parser.parse_args(arguments)
    try:
        ratings = read_ratings(given.data)
    except InputError as fault:
        print(fault, file=sys.stderr)
        return fault.exit_code
    if ratings.sha256 != SHA256:
        print(f"note: {given.data} is not the published file (sha256 {SHA256})", file=sys.stderr)
    try:
        content = calibrate(ratings)
    except ArithmeticError as fault:
        print(f"the calibration failed: {fault}", file=sys.stderr)
        return 1
    print(_report(content))
    if given.check:
        return _compare(content, given.out)
    write(content, given.out)
    print(f"written: {given.out}")
    return 0


def _compare(content: Content, path: Path) -> int:
    stored = json.loads(path.read_text(encoding="utf-8"))
    off = [(where, gap) for where, gap in differences(content, stored) if gap > TOLERANCE]
    for where, gap in off:
        print(f"differs by {gap:.1e}: {where}", file=sys.stderr)
    if not off:
        print(f"{path} is reproduced within {TOLERANCE:g}")
    return 1 if off else 0


def _report(content: Content) -> str:
    lines = [f"{content['data']['ratings']} ratings by {content['data']['people']} people", ""]
    for name, palate in content["palates"].items():
        total = sum(palate["log_likelihood"].values())
        lines.append(
            f"{name:10} {palate['people']:4} people  log-likelihood {total:10.2f}  "
            f"best TDS {palate['best_tds_pct']:.2f} %"
        )
    lines += ["", "log-density per rating of people held out:"]
    scores = content["held_out"]["log_density_per_rating"]
    lines += [f"  {name:46} {score:.4f}" for name, score in scores.items()]
    scatter = content["scatter"]["parameters"]
    within, between, slope = (
        math.exp(scatter[f"log_{part}"]) for part in ("within", "between", "slope")
    )
    lines += [
        "",
        f"ratings scatter by {within:.2f} points within a person, {between:.2f} between persons' levels, "
        f"{0.25 * slope:.2f} between their slopes per 0.25 % of TDS",
    ]
    mixture = content["mixture"]
    lines += [
        "",
        f"two classes by liking alone: {mixture['share']:.0%} like it strong; people by class (rows) "
        f"and published cluster: {mixture['people_by_class_and_published_cluster']}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
