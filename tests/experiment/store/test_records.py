"""Records hold what they are given, check its shape, and cannot be changed afterwards."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import numpy as np
import pytest

from simulator.experiment.records import RunRecord, TraceRecord

COLUMNS: dict[str, Any] = {
    "value_count": [1, 2],
    "gradient_count": [1, 2],
    "hessian_count": [0, 0],
    "wall_s": [0.0, 0.5],
    "loss": [3.0, 2.0],
    "score": [6.0, 7.0],
    "gradient_norm": [1.0, np.nan],
    "knobs": ("grind_um",),
    "recipe": [[900.0, 950.0]],
}


def test_a_trace_yields_one_mapping_of_python_numbers_per_point():
    first, second = TraceRecord(**COLUMNS).rows()
    assert first == {
        "value_count": 1,
        "gradient_count": 1,
        "hessian_count": 0,
        "wall_s": 0.0,
        "loss": 3.0,
        "score": 6.0,
        "gradient_norm": 1.0,
        "grind_um": 900.0,
    }
    assert {type(value) for value in second.values()} == {int, float}


def test_the_length_of_a_trace_is_its_number_of_points():
    assert len(TraceRecord(**COLUMNS)) == 2
    assert len(TraceRecord.empty(("grind_um", "time_s"))) == 0


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("score", [1.0], r"score has shape \(1,\); expected \(2,\)"),
        ("recipe", [900.0, 950.0], r"recipe has shape \(2,\); expected \(1, 2\)"),
        ("recipe", [[1.0, 2.0], [3.0, 4.0]], r"recipe has shape \(2, 2\); expected \(1, 2\)"),
        ("loss", 1.0, r"loss has shape \(\); expected one dimension"),
    ],
)
def test_columns_of_another_length_are_refused(column: str, value: object, told: str):
    with pytest.raises(ValueError, match=told):
        TraceRecord(**{**COLUMNS, column: value})


def test_counts_that_are_not_whole_are_refused():
    with pytest.raises(TypeError, match="value_count holds float64; expected int64"):
        TraceRecord(**{**COLUMNS, "value_count": [1.0, 1.5]})


def test_a_trace_keeps_its_own_copy_that_cannot_be_written():
    loss = np.array([3.0, 2.0])
    trace = TraceRecord(**{**COLUMNS, "loss": loss})
    loss[0] = 99.0
    assert trace.loss[0] == 3.0
    with pytest.raises(ValueError, match="read-only"):
        trace.loss[0] = 1.0


def test_a_run_record_is_frozen_and_keeps_its_own_mappings(make_run: Any):
    recipe = {"grind_um": 900.0}
    run = replace(make_run(0)[0], recipe=recipe)
    recipe["grind_um"] = 1.0
    assert run.recipe == {"grind_um": 900.0}
    with pytest.raises(FrozenInstanceError):
        run.loss = 0.0


def test_a_run_with_an_error_has_failed(make_run: Any):
    assert make_run(0, error="ZeroDivisionError: ...")[0].failed
    assert not make_run(0)[0].failed


def test_a_run_has_one_of_two_roles(make_run: Any):
    with pytest.raises(ValueError, match="role is 'tuned' or 'reference', got 'judge'"):
        make_run(0, role="judge")


def test_the_row_of_a_run_names_every_field_in_order(make_run: Any):
    run = make_run(0)[0]
    assert list(run.row()) == [column.name for column in fields(RunRecord)]
    assert RunRecord(**run.row()) == run


def test_records_travel_between_processes(make_run: Any):
    run, trace = make_run(0)
    again, way = pickle.loads(pickle.dumps((run, trace)))
    assert again == run
    assert np.array_equal(way.recipe, trace.recipe)
