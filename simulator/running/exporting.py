"""Results as data for other programs: one row per run, or one per point of every trace.

Rows are written as they are read, so a large folder takes little memory: of a sweep, 0.2 kB a run for what
varies. In CSV, text that a spreadsheet would take for a formula is marked with a leading apostrophe.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from simulator.errors import InputError, ResultsError
from simulator.experiment.knobs import KNOBS
from simulator.experiment.records import COUNT_COLUMNS, FLOAT_COLUMNS, MAPPINGS, RunRecord
from simulator.experiment.results import Results
from simulator.running.plan import keys_of, plan_of

FORMATS = ("csv", "jsonl", "parquet")

# Columns of a trace before those of the knobs.
_AHEAD = ("key", "optimizer", "repeat", "step", *COUNT_COLUMNS, *FLOAT_COLUMNS)

Row = dict[str, Any]
Notice = Callable[[str], None]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ROWS_AT_ONCE = 5000


def rows(results: Results, traces: bool, notice: Notice) -> Generator[Row]:
    """The rows of an export; all have the same columns. Damage is told to ``notice`` and passed over."""
    for damage in results.damage():
        notice(f"{results.path}: {damage}")
    varied, names = _varied(results)
    knobs = _in_order({knob: None for run in results.each() for knob in run.recipe})
    for run in results.each():
        settings = varied.get(run.key, {})
        row = {f"sweep.{name}": settings.get(name) for name in names}
        if not traces:
            yield row | _flat(run, knobs)
            continue
        with suppress(ResultsError):
            # A damaged trace is passed over: it was told above.
            trace = results.trace(run.key)
            about = {"key": run.key, "optimizer": run.optimizer, "repeat": run.repeat}
            fixed = {knob: run.recipe.get(knob) for knob in knobs if knob not in trace.knobs}
            for step, point in enumerate(trace.rows()):
                columns = {**about, "step": step, **point, **fixed}
                yield row | {name: columns[name] for name in (*_AHEAD, *knobs)}


def write_csv(table: Iterator[Row], file: TextIO) -> int:
    """Write rows as CSV with a heading; return how many there were."""
    count, writer = 0, None
    for row in table:
        count += 1
        if writer is None:
            writer = csv.DictWriter(file, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return count


def write_jsonl(table: Iterator[Row], file: TextIO) -> int:
    """Write rows as JSON, one object a line; what is no number is null."""
    count = 0
    for row in table:
        count += 1
        plain = {name: _no_nan(value) for name, value in row.items()}
        file.write(json.dumps(plain, ensure_ascii=False, allow_nan=False) + "\n")
    return count


def write_parquet(table: Iterator[Row], path: Path) -> int:
    """Write rows as Parquet. Raises InputError if pyarrow is not installed."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            "--format parquet: pyarrow is not installed; install it with: "
            "pip install 'perfect-cup[parquet]', or export csv or jsonl"
        ) from None
    count = 0
    schema: Any = None
    writer: Any = None
    try:
        for group in _grouped(table):
            if writer is None:
                schema = arrow.schema(
                    [(name, _arrow(arrow, name, value)) for name, value in group[0].items()]
                )
                writer = parquet.ParquetWriter(path, schema)
            plain = [{name: _text(name, value) for name, value in row.items()} for row in group]
            writer.write_table(arrow.Table.from_pylist(plain, schema=schema))
            count += len(group)
    finally:
        if writer is not None:
            writer.close()
    return count


def _in_order(names: Iterable[str]) -> list[str]:
    """Coffee's knobs in their usual order; a function's parameters in that of its config."""
    return sorted(names, key=lambda name: KNOBS.index(name) if name in KNOBS else len(KNOBS))


def _varied(results: Results) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
    """Of a sweep: the settings of each run by its key, and their names.

    A run that several points share has only the settings that these points have in common.
    """
    plan, found = plan_of(results), dict[str, Mapping[str, Any]]()
    if not plan.study.axes:
        return {}, []
    for point in plan.study:
        for _, keys in keys_of(plan, point):
            for key in keys:
                known = found.setdefault(key, point.varied)
                if known is not point.varied:
                    found[key] = {n: v for n, v in known.items() if point.varied[n] == v}
    return found, list(plan.study.point(0).varied)


def _flat(run: RunRecord, knobs: Sequence[str]) -> Row:
    row: Row = {}
    for name, value in run.row().items():
        if name == "options":
            row[name] = json.dumps(value)
        elif name in MAPPINGS:
            row |= {f"{name}.{knob}": value.get(knob) for knob in knobs}
        else:
            row[name] = value
    return row


def _cell(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return json.dumps(value) if isinstance(value, list | dict) else value


def _no_nan(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _arrow(arrow: Any, name: str, value: Any) -> Any:
    if name.startswith("sweep.") or value is None:
        return arrow.string()
    kinds = {bool: arrow.bool_(), int: arrow.int64(), float: arrow.float64()}
    return kinds.get(type(value), arrow.string())


def _text(name: str, value: Any) -> Any:
    # A swept setting may be a number at one point and a word at another.
    swept = name.startswith("sweep.") and value is not None
    return (value if isinstance(value, str) else json.dumps(value)) if swept else value


def _grouped(table: Iterator[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    for row in table:
        group.append(row)
        if len(group) == _ROWS_AT_ONCE:
            yield group
            group = []
    if group:
        yield group
