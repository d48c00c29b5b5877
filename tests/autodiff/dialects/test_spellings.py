"""Every primitive can be emitted in every dialect."""

import pytest

from simulator.autodiff.dialects.special_functions import DEFINITIONS
from simulator.autodiff.primitives import TABLE

DIALECTS = ("python", "numpy", "c", "javascript")


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_primitive_is_spelled_called_or_written_out(name, dialect):
    spelled = dialect in TABLE[name].spelling
    called = dialect in ("python", "numpy") and callable(TABLE[name].value)
    assert spelled or called or name in DEFINITIONS


def test_nothing_is_written_out_that_no_dialect_needs():
    lacking = {name for name, row in TABLE.items() if {"c", "javascript"} - set(row.spelling)}
    assert set(DEFINITIONS) == lacking


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_every_spelling_names_every_operand(row):
    for template in row.spelling.values():
        assert all(f"{{{slot}}}" in template for slot in range(len(row.pulls)))
