"""simulator.minimize: any NumPy-style function, with exact derivatives and counts that are true."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import rosen

import simulator
from simulator.errors import ObjectiveError
from simulator.experiment.minimizing import minimize
from simulator.optimizers import METHODS, Adam, Stopping, StopReason

BOUNDS = {"a": (-2, 2), "b": (-1, 3)}


def banana(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


class Counter:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, x):
        self.calls += 1
        return self.function(x)


def hidden(x):
    """The banana where the engine cannot look."""
    return float(x[0] - 1) ** 2 + 100 * float(x[1] - x[0] ** 2) ** 2


@pytest.mark.parametrize("optimizer", ["l-bfgs-b", "slsqp", "trust-constr", "tnc"])
def test_the_minimum_is_found_with_gradients_of_the_engine(optimizer):
    found = minimize(banana, BOUNDS, optimizer, starts=3)
    assert found.converged
    assert found.x == pytest.approx([1, 1], abs=1e-4)
    assert found.value == banana(found.x) or found.value == pytest.approx(
        banana(found.x), abs=1e-12
    )


@pytest.mark.parametrize("optimizer", METHODS)
def test_every_optimizer_takes_any_function(optimizer):
    found = minimize(lambda x: np.exp(x[0]) - x[0] + np.cosh(x[1] - 0.5), [(-1, 2), (-1, 1)], optimizer,
                     starts=1, stopping=Stopping(600))  # fmt: skip
    assert found.value == pytest.approx(2.0, abs=0.05)


def test_the_function_itself_runs_once_only():
    counter = Counter(banana)
    minimize(counter, BOUNDS, starts=5)
    assert counter.calls == 1


def test_names_come_from_the_bounds():
    assert minimize(banana, BOUNDS, starts=1).settings.keys() == {"a", "b"}
    assert minimize(banana, [(-2, 2), (-1, 3)], starts=1).names == ("x0", "x1")


def test_options_and_methods_with_options_are_the_same():
    by_name = minimize(banana, BOUNDS, "adam", starts=2, learning_rate=0.05)
    by_object = minimize(banana, BOUNDS, Adam(learning_rate=0.05), starts=2)
    assert np.array_equal(by_name.x, by_object.x)


def test_the_same_seed_gives_the_same_bits_and_another_seed_other_starts():
    first, again, other = (
        minimize(banana, BOUNDS, "nelder-mead", starts=2, seed=seed) for seed in (4, 4, 5)
    )
    assert np.array_equal(first.points, again.points)
    assert not np.array_equal(first.outcomes[0].trace.x[:, 0], other.outcomes[0].trace.x[:, 0])


def test_starts_may_be_given_in_the_units_of_the_bounds():
    found = minimize(banana, BOUNDS, starts=np.array([[1.5, 0.0], [0.5, 2.0]]))
    assert [outcome.trace.x[:, 0].tolist() for outcome in found.outcomes] == [
        pytest.approx([0.875, 0.375]), pytest.approx([0.5, 0.75]),
    ]  # fmt: skip


def test_a_log_scale_makes_even_steps_in_ratios():
    found = minimize(
        lambda x: np.log(x[0] / 3e-4) ** 2,
        {"rate": (1e-6, 1)},
        starts=np.array([[1e-3]]),
        log=["rate"],
    )
    assert found.x[0] == pytest.approx(3e-4, rel=1e-6)
    assert found.outcomes[0].trace.x[0, 0] == pytest.approx(0.5)


def test_a_function_that_branches_is_refused_in_the_engines_words_with_a_way_out():
    with pytest.raises(ObjectiveError) as error:
        minimize(lambda x: x[0] if x[0] > 0 else -x[0], [(-1, 1)])
    for part in ("cannot differentiate", "test_minimizing.py:", "finite-differences", "gradient="):
        assert part in str(error.value)


@pytest.mark.parametrize("optimizer", ["l-bfgs-b", "adam", "nelder-mead", "dual-annealing"])
def test_finite_differences_are_the_way_out_and_every_call_is_counted(optimizer):
    counter = Counter(hidden)
    found = minimize(counter, BOUNDS, optimizer, starts=2, gradient="finite-differences",
                     stopping=Stopping(500))  # fmt: skip
    assert found.evaluations == counter.calls <= 1000
    assert all(outcome.counts.gradient == 0 for outcome in found.outcomes)


def test_finite_differences_find_the_minimum():
    found = minimize(hidden, BOUNDS, starts=2, gradient="finite-differences")
    assert found.x == pytest.approx([1, 1], abs=1e-3)


def test_a_gradient_may_be_given():
    def slope(x):
        return [2 * (x[0] - 1) - 400 * x[0] * (x[1] - x[0] ** 2), 200 * (x[1] - x[0] ** 2)]

    found = minimize(hidden, BOUNDS, starts=2, gradient=slope)
    assert found.converged
    assert found.x == pytest.approx([1, 1], abs=1e-5)


def test_a_given_gradient_is_stretched_to_a_log_scale():
    found = minimize(
        lambda x: float(np.log(x[0] / 3e-4)) ** 2, {"rate": (1e-6, 1)}, starts=1, log=["rate"],
        gradient=lambda x: 2 * np.log(x / 3e-4) / x,
    )  # fmt: skip
    assert found.converged
    assert found.x[0] == pytest.approx(3e-4, rel=1e-6)


def test_many_parameters_do_as_well():
    found = minimize(rosen, [(-2, 2)] * 12, "l-bfgs-b", starts=4)
    assert found.value < 4.0


def test_an_answer_never_leaves_the_bounds():
    found = minimize(lambda x: x[0] - x[1], [(0.1, 0.7), (0.3, 0.9)], starts=3)
    assert found.x.tolist() == [0.1, 0.9]


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"bounds": [(1, 0)]}, ValueError, "finite with low < high"),
        ({"bounds": [(0, np.inf)]}, ValueError, "finite with low < high"),
        ({"bounds": []}, ValueError, "there are none"),
        ({"log": ["z"]}, ValueError, "log names z"),
        ({"log": [0]}, ValueError, "cannot reach 0"),
        ({"starts": 0}, ValueError, "1 or more"),
        ({"starts": np.zeros((3, 1))}, ValueError, "starts must have shape"),
        ({"optimizer": "adma"}, KeyError, "adma"),
        ({"optimizer": "adam", "momentum": 1}, ValueError, "its options are learning_rate"),
        ({"gradient": "finite-differences", "optimizer": "trust-constr"}, ValueError, "Hessians"),
        ({"function": lambda x: x * 2}, ObjectiveError, "returns 2 numbers"),
        (
            {"function": lambda x: [x[0]]},
            ObjectiveError,
            r"shape \(1,\); return the number by itself",
        ),
        ({"function": lambda x: x, "gradient": lambda x: x}, ObjectiveError, "not one number"),
        ({"function": hidden, "gradient": lambda x: [1.0]}, ObjectiveError, "expected"),
    ],
)
def test_nonsense_is_refused_in_words(given, error, said):
    with pytest.raises(error, match=said):
        minimize(**{"function": banana, "bounds": [(-2, 2), (-1, 3)], **given})


def test_a_run_that_finds_no_value_says_so():
    found = minimize(lambda x: np.log(x[0]), [(-2, -1)], starts=2)
    assert (found.status, np.isnan(found.value)) == (StopReason.NONFINITE, True)


def test_it_is_the_package_s_own_and_loads_late():
    assert simulator.minimize is minimize
    code = (
        "import simulator, sys; assert 'numpy' not in sys.modules; "
        "simulator.minimize; assert 'numpy' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    with pytest.raises(AttributeError, match="no attribute 'maximize'"):
        _ = simulator.maximize
