"""The figures of a comparison as data: CSV, and Parquet where pyarrow is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.compare.report import Report
from simulator.compare.running_time import ert_intervals
from simulator.running.exporting import write_csv, write_parquet

Row = dict[str, Any]


def standings_rows(report: Report) -> Iterator[Row]:
    """One row for each cost model and optimizer."""
    for model, standings in report.by_model.items():
        for each in standings.values():
            yield {
                "cost_model": model,
                "optimizer": each.optimizer,
                "gap": report.gap,
                "ert": each.ert.value,
                "ert_low": each.ert.low,
                "ert_high": each.ert.high,
                "success": each.success.value,
                "success_low": each.success.low,
                "success_high": each.success.high,
                "runs": each.success.n,
                "solved": each.solved,
                "problems": each.problems,
            }


def running_time_rows(report: Report) -> Iterator[Row]:
    """One row for each gap, problem and optimizer."""
    for gap in report.hits.gaps:
        table = ert_intervals(report.costs, gap)
        for problem, row in zip(report.hits.problems, table, strict=True):
            for optimizer, each in zip(report.hits.optimizers, row, strict=True):
                yield {
                    "gap": gap,
                    "problem": problem.name,
                    "problem_hash": problem.hash,
                    "optimizer": optimizer,
                    "cost_model": report.model.name,
                    "ert": each.value,
                    "ert_low": each.low,
                    "ert_high": each.high,
                    "runs": each.n,
                }


def hit_rows(report: Report) -> Iterator[Row]:
    """One row for each run and gap: the bare counts at its first hit, and of the whole run."""
    hits = report.hits
    for p, problem in enumerate(hits.problems):
        for s, optimizer in enumerate(hits.optimizers):
            for repeat in range(hits.present.shape[2]):
                if hits.present[p, s, repeat]:
                    about = {"problem": problem.name, "optimizer": optimizer, "repeat": repeat}
                    yield from _hits(report, about, (p, s, repeat))


def _hits(report: Report, about: Row, cell: tuple[int, int, int]) -> Iterator[Row]:
    hits = report.hits
    spent = [int(count) for count in hits.spent[cell]]
    for g, gap in enumerate(hits.gaps):
        first = hits.counts[cell][g].tolist()
        names = ("values", "gradients", "hessians")
        at = dict(zip(names, first, strict=True))
        yield {
            **about,
            "gap": gap,
            **at,
            **{f"spent_{name}": count for name, count in zip(names, spent, strict=True)},
            "failed": bool(hits.failed[cell]),
        }


def export(report: Report, folder: Path, *, parquet: bool) -> list[Path]:
    """Write standings, running times and first hits; return the files."""
    tables = {"standings": standings_rows, "running-times": running_time_rows, "hits": hit_rows}
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            write_csv(rows(report), file)
        written.append(path)
        if parquet:
            write_parquet(rows(report), folder / f"{name}.parquet")
            written.append(folder / f"{name}.parquet")
    return written
