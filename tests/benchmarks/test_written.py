"""What other engines are given is the model's own arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from benchmarks.counting import ON_FLOATS
from benchmarks.written import spelled, written


def test_operations_are_written_in_the_order_in_which_the_code_does_them():
    lines = written(lambda x: np.exp(x[0] * 2.0) - x[1], 2)
    assert [line.strip() for line in lines[1:-1]] == [
        "v1 = x0 * 2.0",
        "v2 = exp(v1)",
        "v3 = v2 - x1",
    ]


def test_the_written_loss_is_the_loss(problem):
    functions = {"exp": math.exp, "expit": ON_FLOATS.expit, "ndtr": ON_FLOATS.ndtr}
    f = spelled(written(problem.loss, 4), functions)
    for x in np.random.default_rng(1).uniform(size=(5, 4)):
        assert f(*x.tolist()) == pytest.approx(float(problem.loss(x)), rel=1e-13)
