"""Arrays of traced scalars: NumPy's operations on them, against plain NumPy and differences."""

import copy
import itertools
import math

import numpy as np
import pytest
from scipy import special

from simulator.autodiff import check_gradient, compile, grad, jacobian, trace

X = np.array([0.3, -1.2, 2.0, 0.7, -0.4, 1.5])
MATRIX = np.arange(6.0).reshape(2, 3) / 3.0 - 0.7


def assigned(x):
    y = np.zeros_like(x)
    y[1:4] = x[:3] * 2.0
    y[0] = 5.0
    y[-1] += x[2] ** 2
    return y


def assigned_fancily(x):
    y = x.copy()
    y[[0, 2]] = x[[4, 5]] * x[[1, 1]]
    y[np.array([False, True, False, True, False, False])] = 3.0
    return y


def updated_in_place(x):
    y = x * 1.0
    y += x[::-1]
    y *= 2.0
    y -= x[0]
    y /= 1.0 + x**2
    return y


SUPPORTED = {
    "index": lambda x: x[2] * x[-1],
    "slice": lambda x: x[1:5:2],
    "fancy index": lambda x: x[[0, 3, 3]] * x[[1, 1, 2]],
    "boolean index": lambda x: x[np.array([True, False, True, True, False, False])],
    "new axis": lambda x: x[:, np.newaxis] * x[np.newaxis, :],
    "ellipsis": lambda x: x.reshape(2, 3)[..., 1],
    "assignment": assigned,
    "fancy assignment": assigned_fancily,
    "in-place arithmetic": updated_in_place,
    "broadcasting": lambda x: x.reshape(2, 3) + x[:3] * x[0],
    "broadcasting with numbers": lambda x: x.reshape(2, 3) * MATRIX + np.arange(3.0),
    "number on the left": lambda x: 2.0 / (3.0 + x**2) - 1.0,
    "array on the left": lambda x: MATRIX.ravel() * x - np.arange(6.0) / (1.0 + x**2),
    "matrix of numbers on the left": lambda x: MATRIX @ x[:3],
    "reshape": lambda x: x.reshape(3, 2)[1],
    "ravel": lambda x: x.reshape(3, 2).T.ravel(),
    "flatten": lambda x: x.reshape(3, 2).flatten(),
    "transpose": lambda x: x.reshape(2, 3).T @ x[:2],
    "np.transpose": lambda x: np.transpose(x.reshape(2, 3), (1, 0))[2],
    "swapaxes": lambda x: np.swapaxes(x.reshape(1, 2, 3), 0, 2)[:, 1, 0],
    "concatenate": lambda x: np.concatenate([x[:2], np.ones(2), x[4:]]),
    "stack": lambda x: np.stack([x[0] * x[1], x[2], 7.0]),
    "stack rows": lambda x: np.stack([x[:3], x[3:]], axis=1)[0],
    "vstack, hstack, column_stack": lambda x: (
        np.vstack([x, x]).sum(0) + np.hstack([x[3:], x[:3]]) + np.column_stack([x, x])[:, 0]
    ),
    "append, insert, delete": lambda x: np.delete(np.insert(np.append(x, x[0]), 2, x[1]), 3),
    "split": lambda x: np.split(x, 3)[1] * np.split(x, 3)[2],
    "flip and roll": lambda x: np.flip(x) * np.roll(x, 2),
    "repeat and tile": lambda x: np.repeat(x[:2], 3) * np.tile(x[4:], 3),
    "take": lambda x: np.take(x, [1, 1, 5]),
    "diag": lambda x: np.diag(x.reshape(2, 3)[:, :2]),
    "tril": lambda x: np.tril(x[:4].reshape(2, 2)),
    "sum": lambda x: x.sum() * np.sum(x.reshape(2, 3), axis=0),
    "sum with a beginning": lambda x: np.sum(x, initial=5.0) * np.prod(x, initial=2.0),
    "sum over two axes": lambda x: np.sum(x.reshape(1, 2, 3), axis=(0, 2)),
    "sum with keepdims": lambda x: x.reshape(2, 3) / (5.0 + x.reshape(2, 3).sum(1, keepdims=True)),
    "built-in sum": lambda x: sum(x[i] * i for i in range(6)),
    "mean": lambda x: x.mean() * np.mean(x.reshape(2, 3), axis=1),
    "average": lambda x: np.average(x, weights=np.arange(1.0, 7.0)),
    "prod": lambda x: x.prod() * np.prod(x.reshape(2, 3), axis=1),
    "var and std": lambda x: x.var() + np.std(x.reshape(2, 3), axis=0, ddof=1),
    "max": lambda x: x.max() * np.max(x.reshape(2, 3), axis=1),
    "min": lambda x: x.min() * np.min(x.reshape(2, 3), axis=0),
    "ptp": lambda x: np.ptp(x) * np.ptp(x.reshape(2, 3), axis=1, keepdims=True),
    "cumsum": lambda x: np.cumsum(x) * x,
    "cumsum over rows": lambda x: np.cumsum(x.reshape(2, 3), axis=0),
    "cumprod": lambda x: np.cumprod(x),
    "diff": lambda x: np.diff(x),
    "dot": lambda x: x.dot(x[::-1]) * np.dot(x[:3], MATRIX.T),
    "matmul": lambda x: x[:4].reshape(2, 2) @ x[2:].reshape(2, 2),
    "matmul in a batch": lambda x: np.matmul(x.reshape(3, 1, 2), x[:2]),
    "inner, vdot, tensordot": lambda x: (
        np.inner(x, x) + np.vdot(x, x[::-1]) + np.tensordot(x[:2], x[4:], axes=1)
    ),
    "einsum": lambda x: np.einsum("ij,kj,k->i", x.reshape(2, 3), MATRIX, x[:2]),
    "einsum, optimized": lambda x: np.einsum("i,j,j->i", x, x, x, optimize=True),
    "outer": lambda x: np.outer(x[:2], x[2:4]) + np.multiply.outer(x[:2], x[4:]),
    "kron and cross": lambda x: np.kron(x[:2], x[:3])[:3] + np.cross(x[:3], x[3:]),
    "trace": lambda x: np.trace(x[:4].reshape(2, 2)) * x[0],
    "norm": lambda x: np.linalg.norm(x) * np.linalg.norm(x.reshape(2, 3), axis=1),
    "other norms": lambda x: np.linalg.norm(x, 1) * np.linalg.norm(x, np.inf),
    "norm of a matrix": lambda x: np.linalg.norm(x.reshape(2, 3), "fro") * np.linalg.norm(x, 2),
    "norms of rows": lambda x: (
        np.linalg.norm(x.reshape(2, 3), 1, axis=0, keepdims=True)
        * np.linalg.norm(x.reshape(2, 3), np.inf, axis=1, keepdims=True)
    ),
    "norm over two axes": lambda x: np.linalg.norm(x.reshape(1, 2, 3), axis=(1, 2)),
    "matrix_power": lambda x: np.linalg.matrix_power(x[:4].reshape(2, 2), 3),
    "trapezoid": lambda x: np.trapezoid(x**2, dx=0.5),
    "polyval": lambda x: np.polyval(x[:3], x[3:]),
    "convolve": lambda x: np.convolve(x[:3], x[3:]),
    "where": lambda x: np.where(x > 0.0, np.sqrt(np.abs(x)), x**3),
    "where with arrays of numbers": lambda x: np.where(np.arange(6) % 2 == 0, x, 1.0) * x,
    "select": lambda x: np.select([x > 1.0, x > 0.0], [x**2, np.sqrt(np.abs(x))], -x),
    "mean and std of a list": lambda x: np.mean([x[0], x[1]]) * np.std([x[2], x[3]]),
    "deep copy": lambda x: copy.deepcopy(x) * x,
    "output argument": lambda x: np.multiply(x, x, out=np.empty_like(x)),
    "clip": lambda x: np.clip(x, -1.0, 1.1) + x.clip(0.0, None),
    "clip from one side": lambda x: np.clip(x, None, 1.1) + np.clip(x[0], -0.5, None),
    "std of an array's own": lambda x: x.reshape(2, 3).std(axis=1),
    "all and any": lambda x: np.where((x > -2.0).all() & ~(x > 3.0).any(), x**2, x),
    "all and any of columns": lambda x: np.where((x.reshape(2, 3) > -0.5).all(axis=0), x[:3], 1.0),
    "maximum": lambda x: np.maximum(x, x[::-1] ** 2) + np.minimum(x, 0.5),
    "fmax and fmin": lambda x: np.fmax(x, 0.1) + np.fmin(x, 0.1),
    "sort": lambda x: np.sort(x) * np.arange(6.0),
    "heaviside, sign": lambda x: x * np.heaviside(x, 0.5) + x * np.sign(x),
    "square, reciprocal": lambda x: np.square(x) + np.reciprocal(2.0 + x**2),
    "degrees and radians": lambda x: np.degrees(x) * np.radians(x) + np.rad2deg(np.deg2rad(x)),
    "copysign": lambda x: np.copysign(x, -1.0) * np.copysign(2.0, x),
    "sinc": lambda x: np.sinc(x),
    "logaddexp2": lambda x: np.logaddexp2(x, x[::-1] * 2.0),
    "special functions": lambda x: special.erf(x) * special.expit(x) + special.ndtr(x),
    "special twins": lambda x: special.expm1(x) + special.log1p(x**2) + special.cbrt(2.0 + x),
    "list of traced scalars": lambda x: np.exp([x[0], x[1]]) * np.add([1.0, x[3]], x[:2]),
    "comparison as a number": lambda x: (x > 0.1) * x**2,
    "counting": lambda x: np.sum(x > 0.1) * x[0],
    "meshgrid": lambda x: np.meshgrid(x[:2], x[2:4])[1] * x[0],
    "iteration": lambda x: np.stack([a * b for a, b in itertools.pairwise(x)]),
    "full_like": lambda x: np.full_like(x, 2.0) * x + np.ones_like(x) * x[0],
}


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1), (1, 0)])
@pytest.mark.parametrize("order", [None, 0, 1, 2, 3, -1, np.inf, -np.inf, "fro", "nuc"])
@pytest.mark.parametrize("shape", [(4,), (2, 2), (1, 2, 2)])
def test_a_norm_is_numpys_or_refused(shape, order, axis):
    array = np.array([1.0, -2.0, 3.0, 4.5]).reshape(shape)

    def norm(x):
        return np.linalg.norm(x.reshape(shape), order, axis)

    try:
        (got,) = compile(norm, 4, ("value",))(array.ravel())
    except (TypeError, ValueError):
        return
    want = np.linalg.norm(array, order, axis)
    assert np.shape(got) == np.shape(want)
    np.testing.assert_allclose(got, want, rtol=1e-15)


@pytest.mark.parametrize("reduce", [np.max, np.sum, np.prod, np.mean, np.ptp])
@pytest.mark.parametrize(
    ("shape", "axis"), [((4,), 1), ((2, 2), -3), ((2, 2), 2), ((2, 2), (0, 0))]
)
def test_an_axis_that_is_not_there_or_there_twice_is_refused_as_by_numpy(reduce, shape, axis):
    with pytest.raises(ValueError, match="axis"):
        reduce(np.ones(shape), axis=axis)
    with pytest.raises(ValueError, match="axis"):
        compile(lambda x: np.sum(reduce(x.reshape(shape), axis=axis)), 4)


def test_sinc_is_one_at_zero_and_flat():
    value, slope = compile(lambda x: np.sinc(x[0]), 1)(np.array([0.0]))
    assert (value, slope[0]) == (1.0, 0.0)


@pytest.mark.parametrize("name", SUPPORTED)
def test_values_are_numpys_own(name):
    f = SUPPORTED[name]
    want = np.asarray(f(X), dtype=float)
    if name != "sort":
        (got,) = compile(f, 6, outputs=("value",))(X)
        assert got.shape == want.shape
        np.testing.assert_allclose(got, want, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", SUPPORTED)
def test_gradients_match_differences(name):
    def total(x):
        y = SUPPORTED[name](x)
        weights = np.cos(np.arange(np.size(y))).reshape(np.shape(y))
        return np.sum(weights * y)

    check_gradient(total, X, order=1)


REFUSED = {
    "interp": (lambda x: np.interp(x, [0.0, 1.0], [2.0, 3.0]), "np.where"),
    "nan_to_num": (lambda x: np.nan_to_num(x), "np.where"),
    "linalg.solve": (lambda x: np.linalg.solve(x[:4].reshape(2, 2), x[4:]), "elimination"),
    "linalg.inv": (lambda x: np.linalg.inv(x[:4].reshape(2, 2)), "elimination"),
    "median": (lambda x: np.median(x), "np.sort"),
    "where": (lambda x: np.where(x > 0.0), "both branches"),
    "round": (lambda x: np.round(x), "np.rint"),
    "piecewise": (lambda x: np.piecewise(x, [x > 0.0], [1.0, 0.0]), "np.where"),
    "exp with where=": (lambda x: np.exp(x, where=np.ones(6, dtype=bool)), "supported operations"),
    "fft": (lambda x: np.fft.fft(x), "supported operations"),
    "jv": (lambda x: special.jv(1.0, x), "primitive"),
    "argmax": (lambda x: np.argmax(x), "np.max"),
    "sort": (lambda x: np.sort(x), "np.max and np.min"),
    "allclose": (lambda x: np.allclose(x, 1.0), "np.all"),
    "a reduction with dtype=": (lambda x: np.sum(x, dtype=np.float32), "supported operations"),
    "where=": (lambda x: np.sum(x, where=x > 0.0), "supported operations"),
    "add.at": (lambda x: np.add.at(x, [0, 0], 1.0), "supported operations"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_supported_names_itself_the_line_and_the_alternative(name):
    function, alternative = REFUSED[name]
    with pytest.raises(TypeError, match=rf"test_arrays\.py:\d+: .*{name}.*{alternative}"):
        trace(function, 6)


def test_writing_traced_values_into_an_array_of_floats_is_refused():
    def f(x):
        y = np.zeros(3)
        y[0] = x[0]
        return y

    with pytest.raises(TypeError, match=r"test_arrays\.py:\d+.*np\.zeros_like"):
        trace(f, 1)


def test_adding_in_place_to_an_array_of_floats_is_refused():
    def f(x):
        y = np.zeros(3)
        y += x
        return y

    with pytest.raises(TypeError, match=r"test_arrays\.py:\d+.*np\.zeros_like"):
        trace(f, 3)


def test_math_functions_are_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"test_arrays\.py:\d+.*use the np\.\* one"):
        grad(lambda x: math.exp(x))(1.0)


# np.array([a, b]) of traced scalars cannot be intercepted: NumPy makes a plain array of objects.
PLAIN = {
    "arithmetic": lambda a: a * 2.0 + a**2,
    "exp": np.exp,
    "hypot": lambda a: np.hypot(a, a + 1.0),
    "sum": np.sum,
    "matmul": lambda a: a @ a,
    "maximum": lambda a: np.maximum(a, 0.5),
    "where": lambda a: np.where(a > 0.0, a, a**2),
    "sign": lambda a: np.sign(a) * a,
    "sort": lambda a: np.sort(a) * np.array([1.0, 2.0]),
    "greater": lambda a: (a > 0.0) * a,
    "max": np.max,
    "clip": lambda a: np.clip(a, 0.0, 1.0),
    "mean": np.mean,
    "erf": special.erf,
    "norm": np.linalg.norm,
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("x", [np.array([0.3, -1.2]), np.array([1.7, 0.2])])
def test_plain_arrays_of_traced_scalars_work_or_refuse_but_are_never_wrong(name, x):
    def by_array(x):
        return np.sum(PLAIN[name](np.array([x[0] * x[1], x[1]])))

    def by_stack(x):
        return np.sum(PLAIN[name](np.stack([x[0] * x[1], x[1]])))

    want = grad(by_stack)(x)
    refused = 0
    try:
        np.testing.assert_allclose(grad(by_array)(x), want, rtol=1e-14)
    except TypeError:
        refused += 1
    try:
        np.testing.assert_allclose(compile(by_array, 2)(x)[1], want, rtol=1e-14)
    except TypeError:
        refused += 1
    assert refused < 2 or name in ("erf", "norm")


def test_a_plain_array_that_would_branch_says_so_with_the_line_while_compiling():
    with pytest.raises(TypeError, match=r"test_arrays\.py:\d+: Python has to branch here"):
        compile(lambda x: np.maximum(np.array([x[0], x[1]]), 0.0).sum(), 2)


def test_a_plain_array_as_the_result_is_fine():
    np.testing.assert_array_equal(
        jacobian(lambda x: np.array([x[0] * x[1], x[1]]))(np.array([2.0, 3.0])),
        [[3.0, 2.0], [0.0, 1.0]],
    )


def test_arithmetic_of_two_truth_values_is_refused():
    with pytest.raises(TypeError, match=r"truth values.*np\.where"):
        trace(lambda x: (x[0] > 0.0) + (x[1] > 0.0), 2)


def test_assignment_does_not_touch_the_callers_array():
    x = np.array([1.0, 2.0])

    def f(y):
        y[0] = y[0] * 3.0
        return y.sum()

    assert grad(f)(x).tolist() == [3.0, 1.0]
    assert x.tolist() == [1.0, 2.0]
