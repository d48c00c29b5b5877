"""What figures are drawn from is checked when it is made, and belongs to nobody else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.figures import ConvergenceSeries, CupPath, Landscape, RecipePath, RepeatTrace


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: RepeatTrace([1, 2], [3.0]), r"score has shape \(1,\); expected \(2,\)"),
        (
            lambda: RepeatTrace([[1]], [[1]]),
            r"evaluations has shape \(1, 1\); expected one dimension",
        ),
        (
            lambda: RecipePath("a", [1, 2], {"milk_g": [1.0]}),
            r"milk_g has shape \(1,\); expected \(2,\)",
        ),
        (
            lambda: Landscape([1, 2], [1, 2, 3], np.ones((2, 3))),
            r"score has shape \(2, 3\); expected \(3, 2\)",
        ),
        (lambda: CupPath("a", [1], [1, 2]), r"tds_pct has shape \(2,\); expected \(1,\)"),
        (
            lambda: ConvergenceSeries("a", [1], [1], [1], [1, 2], 1),
            r"upper has shape \(2,\); expected \(1,\)",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(make: Any, told: str):
    with pytest.raises(ValueError, match=told):
        make()


def test_arrays_are_copied_and_cannot_be_written():
    score = np.array([1.0, 2.0])
    trace = RepeatTrace([1, 2], score)
    score[0] = 99.0
    assert trace.score.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        trace.score[0] = 5.0
