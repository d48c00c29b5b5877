"""What a spreadsheet reads: a cell that means what was stored, and nothing that it would compute."""

import csv
import io
import math

import pytest

from simulator.running.exporting import write_csv


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (math.nan, ""),
        (math.inf, "inf"),
        (0.1, "0.1"),
        (None, ""),
        ("=1+1", "'=1+1"),
        ("plain", "plain"),
        ([1, 2], "[1, 2]"),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_a_cell_says_what_was_stored(value, cell):
    file = io.StringIO()
    assert write_csv(iter([{"name": "first", "value": value}]), file) == 1
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [["name", "value"], ["first", cell]]
