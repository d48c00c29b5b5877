"""Numbers that make no sense: refused where known, else the run ends with its last good recipe."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.experiment.results import open_results
from simulator.optimizers import Adam, Box, Counted, GradientDescent, Stopping

NONSENSE = [".nan", ".inf", "-.inf", "1e400", "-1e400", "-1", "1e308", "''", "true", "[]"]
FIELDS = {
    "tune: [time_s]": "tune: {{time_s: [20, {}]}}",
    "fixed: {grind_um: 900,": "fixed: {{grind_um: {},",
    "stop: {max_evaluations: 10}": "stop: {{max_evaluations: {}}}",
    "starts: 1": "starts: {}",
    "[slsqp], tolerance: 10": "[slsqp], tolerance: {}",
    "[momentum]": "[{{method: momentum, learning_rate: {}}}]",
    "customers: black-strong": "customers: {{black-strong: {}}}",
}


# A tolerance, a rate or a share may be as large as one likes.
MAY_BE_LARGE = ("tolerance", "rate", "customers")
CASES = [
    (field, value)
    for field in FIELDS
    for value in NONSENSE
    if value != "1e308" or not any(word in FIELDS[field] for word in MAY_BE_LARGE)
]


@pytest.mark.parametrize(("field", "value"), CASES)
def test_a_number_that_makes_no_sense_is_refused_with_its_line(
    simulator: Any, config: Any, small: str, measured: Any, field: str, value: str
):
    assert field in small
    said = simulator("validate", config(small.replace(field, FIELDS[field].format(value))))
    assert said.status == 2, said.out
    assert re.search(r"cup\.yaml:\d+:\d+: ", said.err)
    assert re.search(r"^ +(fix|expected|reason|nearest) ", said.err, re.MULTILINE), said.err
    measured("nonsense", refused=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tune: [time_s]", "tune: {time_s: [600, 20]}"),
        ("tune: [time_s]", "tune: {time_s: [60, 60]}"),
        ("starts: 1", "starts: {recipes: [{time_s: 1e6}]}"),
        ("customers: black-strong", "customers: {}"),
        ("customers: black-strong", "customers: {black-strong: 0}"),
        ("customers: black-strong", "customers: black-strong\nnoise: {customers_per_cup: 0}"),
        ("starts: 1", "starts: 0"),
        ("[momentum]", "[{method: momentum, learning_rate: -1}]"),
        ("[momentum]", "[{method: momentum, learning_rate: 0}]"),
        ("[momentum]", "[]"),
        ("stop: {max_evaluations: 10}", "stop: {max_evaluations: 0}"),
    ],
)
def test_settings_that_contradict_themselves_are_refused_with_their_line(
    simulator: Any, config: Any, small: str, measured: Any, field: str, value: str
):
    said = simulator("validate", config(small.replace(field, value)))
    assert said.status == 2
    assert re.search(r"cup\.yaml:\d+:\d+: ", said.err)
    measured("nonsense", refused=1)


@pytest.mark.parametrize("rate", ["1e9", "1e300", "1e-300"])
def test_a_learning_rate_beyond_reason_ends_with_a_recipe_in_the_box(
    simulator: Any, config: Any, small: str, tmp_path: Path, measured: Any, rate: str
):
    text = small.replace(
        "[momentum]",
        f"[{{method: momentum, learning_rate: {rate}}}, {{method: adam, learning_rate: {rate}}}]",
    )
    said = simulator("run", config(text), "--no-figures", "--out", tmp_path / "out")
    assert said.status in {0, 1, 2}
    if said.status != 2:
        with open_results(tmp_path / "out") as results:
            for run in results.runs():
                assert 20 <= run.recipe["time_s"] <= 600
                assert math.isfinite(run.loss)
    measured("nonsense", runs=1)


class Turns:
    """A valley that is no number beyond a half."""

    size = 1

    def __init__(self, wrong: float) -> None:
        self.wrong = wrong

    def value(self, x: np.ndarray, repeats: np.ndarray) -> np.ndarray:
        return np.where(x[0] > 0.5, self.wrong, (x[0] - 0.9) ** 2)

    def value_and_gradient(
        self, x: np.ndarray, repeats: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        return self.value(x, repeats), np.where(x > 0.5, self.wrong, 2 * (x - 0.9))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("method", [Adam(learning_rate=0.2), GradientDescent(learning_rate=0.4)])
def test_a_loss_that_turns_into_no_number_ends_the_run_with_the_last_good_recipe(
    measured: Any, wrong: float, method: Any
):
    box = Box(np.zeros(1), np.ones(1))
    seeds = [np.random.SeedSequence(0)]
    counted = Counted(Turns(wrong))
    (run,) = method.minimize(counted, box, np.array([[0.1]]), Stopping(max_evaluations=50), seeds)
    assert run.status.value == "nonfinite"
    assert math.isfinite(run.value)
    assert run.x[0] <= 0.5
    measured("nonsense", runs=1)
