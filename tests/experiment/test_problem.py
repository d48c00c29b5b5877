"""The compiled problem against independent differentiation of the plain model."""

import numpy as np
import pytest
import scipy.special

from simulator.autodiff import compile
from simulator.errors import ObjectiveError
from simulator.experiment.config import experiment_from, loads
from simulator.experiment.function import Code
from simulator.experiment.problem import Problem

METHODS = ("immersion", "pour-over", "espresso")
RECIPES = 1000


def problem_of(text):
    return Problem(loads(f"name: test\n{text}"))


def random_recipes(seed, count=RECIPES, size=4):
    return np.random.default_rng(seed).uniform(0.02, 0.98, (size, count))


@pytest.fixture
def complex_expit(monkeypatch):
    """SciPy's expit refuses complex numbers; this one is its analytic continuation."""
    monkeypatch.setattr(scipy.special, "expit", lambda z: 1.0 / (1.0 + np.exp(-z)))


def complex_step_gradient(problem, x):
    """Squire & Trapp 1998: the imaginary part of f(x + ih) / h has no cancellation."""
    step = 1e-30
    columns = []
    for i in range(len(x)):
        moved = x.astype(complex)
        moved[i] += 1j * step
        columns.append(np.imag(problem.loss(moved)) / step)
    return np.array(columns)


def complex_step_hessian(problem, x):
    """Sixth-order central differences of complex-step gradients."""
    # Sweetness is analytic only within 0.005 of a sugarless cup, so steps must be much shorter.
    step = 2e-5
    rows = []
    for i in range(len(x)):
        row = 0.0
        for places, weight in ((1, 45.0), (2, -9.0), (3, 1.0)):
            up, down = x.copy(), x.copy()
            up[i] += places * step
            down[i] -= places * step
            difference = complex_step_gradient(problem, up) - complex_step_gradient(problem, down)
            row = row + weight * difference
        rows.append(row / (60.0 * step))
    return np.array(rows)


@pytest.mark.parametrize("method", METHODS)
def test_gradients_agree_with_complex_steps_at_a_thousand_recipes(method, complex_expit):
    problem = problem_of(f"brew: {method}")
    x = random_recipes(1)
    expected = complex_step_gradient(problem, x)
    _, gradient = problem.gradient_program(x)
    scale = np.abs(expected).max(axis=0)
    assert (np.abs(gradient - expected) / scale).max() < 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_hessians_agree_with_complex_steps_at_a_thousand_recipes(method, complex_expit):
    problem = problem_of(f"brew: {method}")
    x = random_recipes(2)
    expected = complex_step_hessian(problem, x)
    (hessian,) = compile(problem.graph, outputs=("hessian",), dialect="numpy")(x)
    scale = np.abs(expected).max(axis=(0, 1))
    assert (np.abs(hessian - expected) / scale).max() < 1e-9
    np.testing.assert_array_equal(hessian, hessian.transpose(1, 0, 2))


@pytest.mark.parametrize("method", METHODS)
def test_gradients_agree_with_differences_of_the_plain_numpy_model(method):
    problem = problem_of(f"brew: {method}")
    x, step = random_recipes(3), 1e-5
    _, gradient = problem.gradient_program(x)
    for i in range(4):
        up, down = x.copy(), x.copy()
        up[i] += step
        down[i] -= step
        difference = (problem.loss(up) - problem.loss(down)) / (2 * step)
        np.testing.assert_allclose(gradient[i], difference, rtol=1e-5, atol=1e-6)


def test_share_above_is_differentiated_as_well(complex_expit):
    problem = problem_of("objective: share-above")
    x = random_recipes(4, 200)
    expected = complex_step_gradient(problem, x)
    _, gradient = problem.gradient_program(x)
    assert (np.abs(gradient - expected) / np.abs(expected).max(axis=0)).max() < 1e-9


def test_six_knobs_are_differentiated_as_well(complex_expit):
    knobs = "[grind_um, time_s, milk_g, sugar_g, dose_g, temperature_c]"
    problem = problem_of(f"tune: {knobs}")
    x = random_recipes(5, 200, 6)
    expected = complex_step_gradient(problem, x)
    _, gradient = problem.gradient_program(x)
    assert (np.abs(gradient - expected) / np.abs(expected).max(axis=0)).max() < 1e-9


def test_dialects_agree_on_the_model():
    problem = problem_of("brew: immersion")
    x = random_recipes(6, 300)
    _, by_python = problem.gradient_program(x)
    _, by_numpy = compile(problem.graph, dialect="numpy")(x)
    scale = 1.0 + np.abs(by_python).max(axis=0)
    assert (np.abs(by_python - by_numpy) / scale).max() < 1e-12


def test_coordinates_and_settings_are_inverse():
    problem = problem_of(
        "tune: {grind_um: [300, 1200], time_s: [30, 500], milk_g: [0, 150], sugar_g: [0, 20]}"
    )
    x = np.array([0.1, 0.9, 0.5, 0.0])
    assert problem.coordinates(problem.recipe(x)) == pytest.approx(x)
    assert problem.recipe(np.ones(4)) == pytest.approx(
        {"grind_um": 1200, "time_s": 500, "milk_g": 150, "sugar_g": 20}
    )


def test_loss_is_what_is_missing_to_nine_points():
    problem = problem_of("brew: immersion")
    x = np.array([0.5, 0.5, 0.1, 0.1])
    assert float(problem.value_program(x)[0]) == pytest.approx(9.0 - problem.tasting(x).score)


def test_quantities_in_the_graph_have_the_names_of_the_tasting():
    graph = problem_of("brew: immersion").graph
    names = {name for names in graph.names.values() for name in names}
    assert {
        "grind_um",
        "extraction.extraction_yield_pct",
        "perception.bitterness",
        "score",
    } <= names


def test_problem_hash_ignores_names_and_changes_with_the_problem():
    assert problem_of("seed: 1").hash == problem_of("seed: 2").hash
    assert problem_of("bean: light").hash != problem_of("bean: dark").hash


def test_a_function_is_refused_without_leave_and_is_its_own_loss_with_it(tmp_path):
    (tmp_path / "a_bowl_of_ones_own.py").write_text("def bowl(x):\n    return x[0] ** 2 + x[1]\n")
    settings = {"name": "own", "problem": "a_bowl_of_ones_own:bowl"}
    experiment = experiment_from({**settings, "tune": {"a": [0, 4], "b": [-1, 1]}})
    with pytest.raises(ObjectiveError, match="add --allow-code"):
        Problem(experiment).loss(np.array([0.5, 0.25]))
    problem = Problem(experiment, code=Code(tmp_path))
    assert problem.loss(np.array([0.5, 0.25])) == 2.0**2 - 0.5
    assert float(problem.value_program(np.array([0.5, 0.25]))[0]) == 3.5
