"""Records become rows and rows records without losing a bit; what is not a record is refused."""

from __future__ import annotations

import doctest
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from simulator.experiment import row_format
from simulator.experiment.records import COUNT_COLUMNS, FLOAT_COLUMNS, TraceRecord
from simulator.experiment.row_format import (
    Damaged,
    TraceRow,
    checksum,
    run_from_row,
    run_row,
    trace_from_row,
    trace_row,
)

ANY_BITS = hnp.arrays(
    np.uint64, st.tuples(st.just(6), st.integers(0, 9)), elements=st.integers(0, 2**64 - 1)
)


def _trace_of(bits: Any) -> TraceRecord:
    numbers = bits.view(np.float64)
    counts = dict.fromkeys(COUNT_COLUMNS, bits[0].view(np.int64))
    floats = dict(zip(FLOAT_COLUMNS, numbers, strict=False))
    return TraceRecord(**counts, **floats, knobs=("a", "b"), recipe=numbers[4:])


@given(ANY_BITS)
def test_a_trace_comes_back_bit_for_bit_whatever_its_bits(bits: Any):
    trace = _trace_of(bits)
    back = trace_from_row(trace_row(trace))
    for name in (*COUNT_COLUMNS, *FLOAT_COLUMNS, "recipe"):
        assert getattr(back, name).tobytes() == getattr(trace, name).tobytes()
    assert back.knobs == trace.knobs


def test_the_packed_bytes_are_shuffled_little_endian_columns():
    trace = _trace_of(np.arange(12, dtype=np.uint64).reshape(6, 2) + 0x0102030405060708)
    first, second = (trace.value_count + 0).tolist()
    shuffled = zlib.decompress(trace_row(trace).columns)
    numbers = len(COUNT_COLUMNS) * 2 + len(FLOAT_COLUMNS) * 2 + 2 * 2
    assert len(shuffled) == numbers * 8
    assert shuffled[0::numbers] == first.to_bytes(8, "little")
    assert shuffled[1::numbers] == second.to_bytes(8, "little")


def test_the_recipe_of_the_readme_unpacks_a_trace(make_run: Any):
    readme = Path(row_format.__file__).with_name("README.md").read_text("utf-8")
    names: dict[str, Any] = {}
    for example in doctest.DocTestParser().get_examples(readme):
        exec(example.source, names)
    trace = make_run(0)[1]
    packed = trace_row(trace)
    counts, numbers = names["unpack"](packed.columns, packed.steps)
    assert np.array_equal(counts, [getattr(trace, name) for name in COUNT_COLUMNS])
    assert np.array_equal(
        numbers[: len(FLOAT_COLUMNS)], [getattr(trace, name) for name in FLOAT_COLUMNS]
    )
    assert np.array_equal(numbers[len(FLOAT_COLUMNS) :], trace.recipe)


def test_a_smooth_trace_takes_less_than_half_of_its_bytes():
    steps = np.arange(1, 501)
    slope = np.exp(-steps / 100.0)
    trace = TraceRecord(
        **dict.fromkeys(COUNT_COLUMNS, steps),
        **dict.fromkeys(FLOAT_COLUMNS, slope),
        knobs=("a",),
        recipe=slope[None],
    )
    assert len(trace_row(trace).columns) < 0.5 * 8 * 8 * 500


@pytest.mark.parametrize(
    "change",
    [
        {"steps": 19},
        {"steps": 10**12},
        {"steps": -1},
        {"knobs": '["a"]'},
        {"knobs": "no json"},
        {"knobs": "3"},
        {"columns": b""},
        {"columns": zlib.compress(bytes(10**7))},
        {"columns": "text"},
        {"steps": "20"},
    ],
)
def test_a_packed_trace_that_is_not_what_its_row_promises_is_damaged(make_run: Any, change: Any):
    row = trace_row(make_run(0, steps=20)[1])
    with pytest.raises(Damaged):
        trace_from_row(row._replace(**change))


def test_a_cut_trace_is_damaged(make_run: Any):
    row = trace_row(make_run(0, steps=20)[1])
    for length in range(len(row.columns)):
        with pytest.raises(Damaged):
            trace_from_row(TraceRow(row.steps, row.knobs, row.columns[:length]))


def test_a_run_comes_back_as_it_was(make_run: Any):
    run = make_run(2, error="bad\x00 text ☕", loss=float("inf"))[0]
    assert run_from_row(run_row(run)) == run


def test_a_missing_number_comes_back_as_nan(make_run: Any):
    back = run_from_row(run_row(make_run(0, loss=float("nan"), score=float("nan"))[0]))
    assert np.isnan(back.loss)
    assert np.isnan(back.score)


def test_options_without_a_json_form_are_refused(make_run: Any):
    with pytest.raises(TypeError):
        run_row(make_run(0, options={"schedule": object()})[0])


def test_half_characters_of_a_system_message_are_written_out(make_run: Any):
    run = make_run(0, error="cannot read \udcff")[0]
    assert run_from_row(run_row(run)) == replace(run, error="cannot read \\udcff")


def test_a_row_with_text_where_json_belongs_is_damaged(make_run: Any):
    cells = list(run_row(make_run(0)[0]))
    cells[6] = "{not json"
    with pytest.raises(Damaged):
        run_from_row(cells)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        ((1,), (1.0,)),
        ((1,), ("1",)),
        (("1",), (b"1",)),
        ((None,), ("None",)),
        ((b"a", b"b"), (b"ab", b"")),
        ((2, b"ab"), (b"ab", 2)),
        ((0.1,), (float(np.nextafter(0.1, 1)),)),
    ],
)
def test_the_checksum_tells_cells_of_other_types_and_lengths_apart(one: Any, other: Any):
    assert checksum(one) != checksum(other)


@given(st.binary(min_size=1, max_size=64), st.data())
def test_the_checksum_changes_with_every_single_bit(content: bytes, data: Any):
    place = data.draw(st.integers(0, 8 * len(content) - 1))
    flipped = bytearray(content)
    flipped[place // 8] ^= 1 << place % 8
    assert checksum(("key", bytes(flipped))) != checksum(("key", content))
