"""Our optimizers as methods of scipy.optimize.minimize: the same answers, and counts that are true."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import Bounds, minimize, rosen, rosen_der, rosen_hess, rosen_hess_prod

from simulator.optimizers import METHODS, Adam, TrustConstr, scipy_method

BOUNDS = [(-2.0, 2.0), (-1.0, 3.0)]
START = [-1.2, 1.0]
# Asks for 4000 values at least, or for a seed of luck.
LOCAL = [name for name, kind in METHODS.items() if kind.family != "scipy"]


class Counter:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *given):
        self.calls += 1
        return self.function(*given)


def bowl(x):
    return (x[0] - 1.0) ** 2 + 4 * (x[1] - 5.0) ** 2 + 0.5 * x[0] * x[1]


def bowl_slope(x):
    return np.array([2 * (x[0] - 1.0) + 0.5 * x[1], 8 * (x[1] - 5.0) + 0.5 * x[0]])


def bowl_hess(x):
    return np.array([[2.0, 0.5], [0.5, 8.0]])


@pytest.mark.parametrize("name", METHODS)
def test_counts_are_those_of_the_calls_really_made(name):
    fun, jac, hess = Counter(bowl), Counter(bowl_slope), Counter(bowl_hess)
    result = minimize(
        fun, [0.3, 0.1], jac=jac, hess=hess, bounds=BOUNDS, method=scipy_method(name),
        options={"maxfev": 300},
    )  # fmt: skip
    assert (result.nfev, result.njev, result.nhev) == (fun.calls, jac.calls, hess.calls)
    assert result.nfev <= 300


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("allowed", [1, 2, 3, 10, 300])
def test_finite_differences_are_charged_and_kept_within_the_budget(name, allowed):
    fun = Counter(bowl)
    result = minimize(
        fun, [0.3, 0.1], hess=bowl_hess, bounds=BOUNDS, method=scipy_method(name),
        options={"maxfev": allowed},
    )  # fmt: skip
    assert result.nfev == fun.calls <= allowed
    assert result.njev == 0


@pytest.mark.parametrize("name", LOCAL)
def test_the_answer_is_that_of_scipy_on_a_bowl_whose_centre_lies_outside(name):
    expected = minimize(
        bowl, [0.3, 0.1], jac=bowl_slope, bounds=BOUNDS, method="L-BFGS-B", tol=1e-12
    )
    result = minimize(
        bowl, [0.3, 0.1], jac=bowl_slope, hess=bowl_hess, bounds=BOUNDS, method=scipy_method(name),
        options={"maxfev": 4000},
    )  # fmt: skip
    assert result.fun == pytest.approx(expected.fun, abs=1e-6)
    assert result.x == pytest.approx(expected.x, abs=1e-3)


@pytest.mark.parametrize(
    "name", ["adam", "l-bfgs-b", "slsqp", "tnc", "trust-constr", "nelder-mead"]
)
def test_rosenbrock_is_solved(name):
    result = minimize(
        rosen, START, jac=rosen_der, hess=rosen_hess, bounds=BOUNDS, method=scipy_method(name),
        options={"maxfev": 20000},
    )  # fmt: skip
    assert result.success == (result.optimality <= 1e-6)
    assert result.x == pytest.approx([1, 1], abs=1e-3)


def test_l_bfgs_b_without_a_gradient_is_charged_its_finite_differences():
    fun = Counter(bowl)
    result = minimize(fun, [0.3, 0.1], bounds=BOUNDS, method=scipy_method("l-bfgs-b"), tol=1e-5)
    assert result.nfev == fun.calls
    assert result.nfev % 3 == 0
    assert result.success
    assert result.x == pytest.approx([0.25, 3], abs=1e-5)


def test_success_is_false_where_the_budget_ended_it_early():
    result = minimize(
        rosen, START, jac=rosen_der, bounds=BOUNDS, method=scipy_method("adam"),
        options={"maxfev": 10},
    )  # fmt: skip
    assert (result.success, result.status, result.nfev) == (False, 3, 10)
    assert "used up the evaluations" in result.message


def test_success_is_borne_out_by_the_reported_gradient():
    result = minimize(
        bowl, [0.3, 0.1], jac=bowl_slope, bounds=[(-9, 9), (-9, 9)], method=scipy_method("l-bfgs-b")
    )
    assert result.success
    assert result.jac == pytest.approx(bowl_slope(result.x), abs=1e-12)
    assert np.abs(result.jac).max() < 1e-5


def test_jac_true_and_args_work_as_with_scipys_own():
    calls = Counter(lambda x, shift: (bowl(x - shift), bowl_slope(x - shift)))
    result = minimize(
        calls, [0.3, 0.1], args=(0.5,), jac=True, bounds=[(-9, 9), (-9, 9)],
        method=scipy_method("l-bfgs-b"),
    )  # fmt: skip
    expected = minimize(bowl, [0.3, 0.1], jac=bowl_slope)
    assert result.x == pytest.approx(expected.x + 0.5, abs=1e-4)
    assert result.nfev == calls.calls


def test_products_with_the_hessian_do_as_well():
    whole, products = (
        minimize(
            rosen, START, jac=rosen_der, bounds=BOUNDS, method=scipy_method(TrustConstr()), **given
        )
        for given in ({"hess": rosen_hess}, {"hessp": rosen_hess_prod})
    )
    assert (whole.nfev, whole.nhev) == (products.nfev, products.nhev)
    assert products.x == pytest.approx([1, 1], abs=1e-4)


def test_options_of_the_method_and_tol_are_honoured():
    rough, fine = (
        minimize(
            bowl, [0.3, 0.1], jac=bowl_slope, bounds=[(-9, 9), (-9, 9)], tol=tol,
            method=scipy_method(Adam), options={"learning_rate": 0.05},
        )
        for tol in (1e-2, 1e-5)
    )  # fmt: skip
    assert rough.nfev < fine.nfev
    assert rough.optimality <= 1e-2
    assert fine.optimality <= 1e-5


def test_a_callback_hears_of_every_new_best_point_in_either_form():
    points, results = [], []
    for callback in (
        points.append,
        lambda intermediate_result: results.append(intermediate_result),
    ):
        minimize(
            rosen, START, jac=rosen_der, bounds=BOUNDS, method=scipy_method("adam"),
            options={"maxfev": 50}, callback=callback,
        )  # fmt: skip
    assert [rosen(x) for x in points] == sorted((rosen(x) for x in points), reverse=True)
    assert [result.fun for result in results] == [rosen(x) for x in points]


@pytest.mark.parametrize("name", ["adam", "l-bfgs-b", "nelder-mead"])
def test_a_callback_can_stop_the_run(name):
    heard = []

    def stop(x):
        heard.append(x)
        if len(heard) == 3:
            raise StopIteration

    result = minimize(
        rosen, START, jac=rosen_der, bounds=BOUNDS, method=scipy_method(name), callback=stop
    )
    assert (result.success, result.status, len(heard)) == (False, 99, 3)


def test_bounds_are_never_left():
    asked = []

    def fun(x):
        asked.append(x)
        return bowl(x)

    minimize(fun, [5.0, -7.0], bounds=BOUNDS, method=scipy_method("l-bfgs-b"))
    lower, upper = np.array(BOUNDS).T
    assert all((lower <= x).all() and (x <= upper).all() for x in asked)


def test_bounds_may_be_an_object_of_scipy():
    result = minimize(
        bowl,
        [0.3, 0.1],
        jac=bowl_slope,
        bounds=Bounds([-2, -1], [2, 3]),
        method=scipy_method("slsqp"),
    )
    assert result.x[1] == 3.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "bounds are needed"),
        ({"bounds": [(0, None), (0, 1)]}, "must be finite"),
        ({"bounds": BOUNDS, "constraints": [{"type": "eq", "fun": rosen}]}, "constraints"),
        ({"bounds": BOUNDS, "options": {"learnig_rate": 1}}, "no option is called learnig_rate"),
        ({"bounds": BOUNDS, "options": {"maxfev": 0}}, "max_evaluations must be"),
        ({"bounds": BOUNDS, "method": scipy_method("trust-constr")}, "give hess or hessp"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(given, said):
    with pytest.raises(ValueError, match=said):
        minimize(rosen, START, **{"method": scipy_method("adam"), "jac": rosen_der, **given})


def test_a_function_of_several_numbers_is_refused():
    with pytest.raises(ValueError, match=r"must return one number, got shape \(2,\)"):
        minimize(lambda x: x, START, bounds=BOUNDS, method=scipy_method("nelder-mead"))


@pytest.mark.parametrize("disp", [False, True])
def test_the_message_is_printed_where_scipys_own_methods_would(disp, capsys):
    result = minimize(
        rosen, START, bounds=BOUNDS, method=scipy_method("nelder-mead"),
        options={"disp": disp, "maxfev": 5},
    )  # fmt: skip
    assert capsys.readouterr().out == (f"{result.message}\n" if disp else "")


def test_a_function_that_is_undefined_somewhere_ends_without_success():
    result = minimize(
        lambda x: np.log(x[0]) if x[0] > 0 else np.nan, [0.5], bounds=[(-1, 1)],
        method=scipy_method("gradient-descent"),
    )  # fmt: skip
    assert (result.success, result.status) == (False, 4)
    assert np.isfinite(result.fun)
