"""One self-contained HTML page: verdict, tables, pictures with how to read them, rules, problems."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined

from simulator.compare.hits import Hits
from simulator.compare.intervals import Estimate, median
from simulator.compare.pictures import Picture, pictures
from simulator.compare.report import Report, told_n
from simulator.errors import ResultsError
from simulator.optimizers import Stopping


def page(report: Report, drawn: Sequence[Picture] | None = None) -> str:
    """The page as text. It refers to nothing outside itself, and every name on it is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"est": _estimate, "share": _share, "number": _number}
    text = (files("simulator.compare") / "comparison.html").read_text(encoding="utf-8")
    shown = list(drawn) if drawn is not None else list(pictures(report))
    return environment.from_string(text).render(
        report=report,
        pictures={each.name: each for each in shown},
        groups=_groups(report),
        noisy_count=None if report.noisy is None else _count(report.noisy),
        stopping=Stopping(),
        inf=np.inf,
    )


def write_page(report: Report, path: Path) -> None:
    """Write the page. Raises ResultsError if that cannot be done."""
    try:
        path.write_text(page(report), encoding="utf-8")
    except OSError as error:
        raise ResultsError(f"{path}: the page cannot be written ({error.strerror})") from error


def _groups(report: Report) -> dict[str, Any]:
    """Typical ERT by the config that problems were drawn from: names, sizes and one row a method."""
    names = list(dict.fromkeys(each.group for each in report.hits.problems))
    rows = [
        [i for i, each in enumerate(report.hits.problems) if each.group == name] for name in names
    ]
    typical = np.stack([median(report.running_times[chosen], axis=0) for chosen in rows])
    best = typical.min(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        ratio = np.where(np.isfinite(typical), typical / best, np.inf)
    order = [report.hits.optimizers.index(each.optimizer) for each in report.standings]
    cells = [
        (
            report.hits.optimizers[s],
            [(typical[g, s], _shade(ratio[g, s])) for g in range(len(names))],
        )
        for s in order
    ]
    return {"names": list(zip(names, map(len, rows), strict=True)), "cells": cells}


def _shade(ratio: float) -> str:
    """A colour for a ratio to the best: pale is near it, dark is far."""
    if not np.isfinite(ratio):
        return "#f4f4f4"
    depth = min(1.0, np.log2(max(ratio, 1.0)) / 6)
    return f"hsl(28 60% {96 - 40 * depth:.0f}%)"


def _count(hits: Hits) -> str:
    problems, _, repeats = hits.present.shape
    return f"{told_n(problems)} × {repeats} starts"


def _estimate(estimate: Estimate, digits: int = 0) -> str:
    return estimate.text(digits)


def _share(estimate: Estimate) -> str:
    low, high = 100 * estimate.low, 100 * estimate.high
    return f"{100 * estimate.value:.0f} % [{low:.0f}, {high:.0f}]"


def _number(value: float, digits: int = 0) -> str:
    if np.isnan(value):
        return "–"
    return "∞" if np.isinf(value) else f"{value:,.{digits}f}".replace(",", " ")
