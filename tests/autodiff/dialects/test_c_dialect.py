"""Compiled C against NumPy, SciPy and mpmath; every bit independent of batch, lanes and threads."""

import ctypes
import threading

import mpmath as mp
import numpy as np
import pytest
from scipy import special

from simulator.autodiff import TABLE, compile, primitive, trace
from simulator.autodiff.dialects.c_call import Columns, c_callable
from simulator.autodiff.dialects.c_compiler import NoCompilerError, find_compiler
from simulator.autodiff.dialects.c_dialect import c_source
from simulator.autodiff.dialects.c_library import load_library
from simulator.autodiff.dialects.program import linearize
from simulator.autodiff.dialects.straight_line import parts
from simulator.autodiff.dialects.threads import share
from simulator.autodiff.outputs import outputs_graph


def has_compiler():
    try:
        find_compiler()
    except NoCompilerError:
        return False
    return True


pytestmark = pytest.mark.skipif(
    not has_compiler(), reason="NO C COMPILER: the C dialect is not tested"
)


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def compiled(function, size, *outputs):
    graph, shapes = outputs_graph(trace(function, size), outputs or ("value",))
    return c_callable(linearize(graph), shapes, wait=True)


def model(x):
    warm = np.exp(0.3 * x[0]) + special.expit(x[1] * x[2])
    return np.where(x[0] > x[1], warm * np.tanh(x[2]), np.log1p(warm)) + special.ndtr(x[2]) ** 1.3


@pytest.fixture(scope="module")
def cup():
    """Value, gradient and Hessian of the model."""
    return compiled(model, 3, "value", "gradient", "hessian")


def cup_program():
    graph = trace(model, 3)
    return linearize(outputs_graph(graph, ("value", "gradient", "hessian"))[0])


# --- every primitive ---

NAMES = [name for name in TABLE if name not in ("identity", "polygamma")]
ORDERS = (0, 1, 2, 4)


def operands_for(row, values):
    """As many operands as the row takes, truth values where it wants them."""
    chosen = list(values[: len(row.pulls)])
    if row.name == "where":
        chosen[0] = chosen[0] > 0.0
    elif row.logic:
        chosen = [value > 0.0 for value in chosen]
    return chosen


def every_primitive(x):
    results = [TABLE[name](*operands_for(TABLE[name], x)) for name in NAMES]
    counted = [np.where(r, 1.0, 0.0) if r.is_truth else r for r in results]
    return np.stack(counted + [TABLE["polygamma"](float(order), x[0]) for order in ORDERS])


@pytest.fixture(scope="module")
def everything():
    """Name of each primitive → its C function of arrays."""
    f = compiled(every_primitive, 3)

    def run(values):
        (rows,) = f(values)
        return dict(zip([*NAMES, *[f"polygamma {order}" for order in ORDERS]], rows, strict=True))

    return run


SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1.5, -2.5, np.inf, -np.inf, np.nan,
     5e-324, -5e-324, 2.2e-308, 1e308, -1e308, 30.0, -30.0, 710.0, -710.0, -745.2, 1e16, 2.0**53 + 2]
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_special_values_are_numpys(everything, name):
    grid = np.array([a.ravel() for a in np.meshgrid(SPECIAL, SPECIAL)])
    values = np.concatenate([grid, grid[:1]])
    row = TABLE[name]
    with np.errstate(all="ignore"):
        expected = np.asarray(row.value(*operands_for(row, values)), dtype=float)
    found = everything(values)[name]
    if name == "gammaln":  # SciPy overflows at the smallest numbers, where log Γ(x) = −log |x|
        expected = np.where(np.abs(values[0]) == 5e-324, -np.log(5e-324), expected)
    if name == "erfcx":  # and underflows at the largest
        expected = np.where(values[0] == 1e308, 1.0 / np.sqrt(np.pi) / 1e308, expected)
    np.testing.assert_allclose(found, expected, rtol=2e-14 if name == "digamma" else 2e-15)
    if name in ("maximum", "minimum"):
        return  # of 0 and −0 NumPy takes one or the other, this dialect the first
    zeros = expected == 0.0
    assert np.array_equal(np.signbit(found[zeros]), np.signbit(expected[zeros]))


#: Beside their zeros sums lose relative accuracy; left of 0 the gamma functions have many zeros.
NEAR_ZEROS = {"logaddexp": 4e-16, "gammaln": 1e-12, "digamma": 1e-11}


@pytest.mark.parametrize("name", NAMES)
def test_ordinary_values_are_numpys_within_ten_last_places(everything, name):
    random = np.random.default_rng(4)
    values = np.concatenate(
        [
            random.uniform(-5.0, 5.0, (3, 500)),
            random.uniform(0.0, 1.0, (3, 300)),
            random.choice([-1.0, 1.0], (3, 200)) * np.exp(random.uniform(-30.0, 4.0, (3, 200))),
        ],
        axis=1,
    )
    row = TABLE[name]
    with np.errstate(all="ignore"):
        expected = np.asarray(row.value(*operands_for(row, values)), dtype=float)
    slack = NEAR_ZEROS.get(name, 0.0)
    beside_poles = 1e-12 if name == "digamma" else 2.2e-15
    np.testing.assert_allclose(everything(values)[name], expected, beside_poles, slack)


@pytest.mark.parametrize("order", ORDERS)
def test_polygamma_of_a_constant_order(everything, order):
    x = np.random.default_rng(5).uniform(-4.0, 12.0, (3, 300))
    found = everything(x)[f"polygamma {order}"]
    exact = [float(mp.polygamma(order, mp.mpf(v))) for v in x[0]]
    np.testing.assert_allclose(found, exact, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    ("name", "exact", "low", "high", "allowed"),
    [
        ("exp", mp.exp, -745.0, 709.0, 1.0),
        ("expm1", mp.expm1, -4.0, 4.0, 2.0),
        ("exp2", lambda x: mp.mpf(2) ** x, -1000.0, 1000.0, 1.0),
        ("log", mp.log, 0.0, 3.0, 1.0),
        ("log", mp.log, 0.0, 1e300, 1.0),
        ("sqrt", mp.sqrt, 0.0, 1e9, 0.5),
    ],
)
def test_own_elementary_functions_in_units_in_the_last_place(
    everything, name, exact, low, high, allowed
):
    x = np.random.default_rng(6).uniform(low, high, (3, 1000))
    assert largest_error(everything(x)[name], [exact(mp.mpf(v)) for v in x[0]]) <= allowed


def test_powers_are_within_one_last_place(everything):
    random = np.random.default_rng(7)
    x = np.stack([np.exp(random.uniform(-20, 20, 2000)), random.uniform(-30, 30, 2000)] * 2)[:3]
    exact = [mp.mpf(a) ** mp.mpf(b) for a, b in zip(x[0], x[1], strict=True)]
    assert largest_error(everything(x)["power"], exact) <= 1.0


def largest_error(found, exact):
    pairs = zip(found, exact, strict=True)
    return max(float(abs(mp.mpf(y) - e) / mp.mpf(np.spacing(abs(float(e))))) for y, e in pairs)


# --- programs ---


def test_agrees_with_the_numpy_dialect_to_second_order(cup):
    outputs = ("value", "gradient", "hessian")
    x = np.random.default_rng(8).uniform(-2.0, 2.0, (3, 101))
    for a, b in zip(cup(x), compile(model, 3, outputs, "numpy")(x), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_shapes_of_one_recipe_and_of_a_batch(cup):
    assert [a.shape for a in cup(np.ones(3))] == [(), (3,), (3, 3)]
    assert [a.shape for a in cup(np.ones((3, 7)))] == [(7,), (3, 7), (3, 3, 7)]
    assert [a.shape for a in cup(np.ones((3, 0)))] == [(0,), (3, 0), (3, 3, 0)]


def test_any_array_of_numbers_is_taken(cup):
    x = np.random.default_rng(9).uniform(-2, 2, (3, 20))
    whole = cup(x)[1]
    for same in (np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2], x.astype(">f8")):
        assert np.array_equal(cup(same)[1], whole)
    assert np.array_equal(cup(x[:, 4])[1], whole[:, 4])
    assert np.array_equal(cup(x[:, 4].tolist())[1], whole[:, 4])
    assert cup([1, 0, 1])[0] == cup(np.array([1.0, 0.0, 1.0]))[0]


@pytest.mark.parametrize("shape", [(4,), (), (4, 5), (3, 2, 2)])
def test_wrong_shape_is_refused(cup, shape):
    with pytest.raises(ValueError, match=r"expected an array of shape \(3,\) or \(3, N\)"):
        cup(np.ones(shape))


def test_results_are_new_arrays_every_time(cup):
    first = cup(np.ones(3))[1]
    before = first.copy()
    cup(np.zeros(3))
    assert np.array_equal(first, before)


def oddities(x):
    a, b = x[0] > 0.0, x[1] > 0.0
    return {
        "tenth": x[0] * 0.1,
        "subnormal": x[0] + 1e-320,
        "minus zero": np.where(a, -0.0, 1.0),
        "infinite or nan": np.where(a, np.inf, np.nan),
        "log of zero": np.log(x[0] * 0.0 + 0.0),
        "and": a & b,
        "xor": a ^ b,
        "greater": a > b,
        "equals one": a == 1.0,
        "chosen": np.where(a, b, 0.5),
        "kept from nan": np.where(x[0] >= 0.0, x[0], np.sqrt(-x[0])),
    }


@pytest.fixture(scope="module")
def odd():
    """C's and NumPy's results for all four pairs of signs, by name."""
    with np.errstate(all="ignore"):
        names = list(oddities(np.ones(2)))
    x = np.array([[1.0, 1.0, -1.0, -1.0], [1.0, -1.0, 1.0, -1.0]])
    values, slopes = compiled(
        lambda x: np.stack(list(oddities(x).values())), 2, "value", "jacobian"
    )(x)
    with np.errstate(all="ignore"):
        expected = {name: np.asarray(row, dtype=float) for name, row in oddities(x).items()}
    return {name: (values[k], expected[name], slopes[k]) for k, name in enumerate(names)}


@pytest.mark.parametrize("name", ["tenth", "subnormal", "minus zero", "infinite or nan"])
def test_constants_keep_their_bits(odd, name):
    found, expected, _ = odd[name]
    np.testing.assert_array_equal(found, expected)
    assert np.array_equal(np.signbit(found), np.signbit(expected))


def test_log_of_zero_is_minus_infinity(odd):
    assert (odd["log of zero"][0] == -np.inf).all()


@pytest.mark.parametrize("name", ["and", "xor", "greater", "equals one", "chosen"])
def test_truth_values_count_one_or_zero(odd, name):
    found, expected, _ = odd[name]
    np.testing.assert_array_equal(found, expected)


def test_nan_of_the_arm_not_taken_does_not_leak(odd):
    found, _, slopes = odd["kept from nan"]
    np.testing.assert_array_equal(found, 1.0)
    np.testing.assert_array_equal(slopes, [[1.0, 1.0, -0.5, -0.5], [0.0, 0.0, 0.0, 0.0]])


# --- bits ---


def test_a_columns_bits_do_not_depend_on_its_batch_nor_its_place(cup):
    x = np.random.default_rng(10).uniform(-2, 2, (3, 70))
    alone = np.stack([cup(x[:, j].copy())[2] for j in range(70)], axis=2)
    for count in (1, 2, 3, 7, 8, 9, 63, 64, 65, 70):
        assert cup(x[:, :count])[2].tobytes() == alone[..., :count].tobytes()
    assert cup(x[:, ::-1])[2].tobytes() == alone[..., ::-1].tobytes()


def test_bits_do_not_depend_on_how_many_lanes_a_register_has(everything):
    program = linearize(trace(every_primitive, 3))
    x = np.random.default_rng(11).uniform(-3, 3, (3, 257))
    narrow = Columns(load_library(c_source(program), 1, lanes=2).columns, program)
    assert narrow(x).tobytes() == np.stack(list(everything(x).values())).tobytes()


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_bits_do_not_depend_on_the_number_of_threads(threads):
    program = cup_program()
    function = load_library(c_source(program), 1).columns
    x = np.random.default_rng(12).uniform(-2, 2, (3, 9_001))
    alone = Columns(function, program, threads=1)(x)
    assert Columns(function, program, threads=threads)(x).tobytes() == alone.tobytes()


def test_calls_from_several_threads_do_not_disturb_each_other(cup):
    points = np.random.default_rng(13).uniform(-2, 2, (8, 3))
    expected = [cup(point)[1].tobytes() for point in points]
    wrong = []

    def repeat(i):
        wrong.extend(i for _ in range(300) if cup(points[i])[1].tobytes() != expected[i])

    threads = [threading.Thread(target=repeat, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("count", [0, 1, 1024, 1025, 50_000])
def test_shared_work_covers_every_column_once(count):
    done = np.zeros(count, dtype=int)

    def work(start, stop):
        done[start:stop] += 1

    share(work, count, threads=3)
    assert (done == 1).all()


def test_an_exception_in_a_thread_reaches_the_caller():
    def work(start, stop):
        if start > 0:
            raise MemoryError("no memory")

    with pytest.raises(MemoryError):
        share(work, 100_000, threads=2)


# --- long programs ---


def long_function(x):
    y = [x[0], x[1], np.sin(x[0])]
    flag = x[0] > 0.25
    for i in range(1300):
        y[i % 3] = y[i % 3] * 0.75 + y[(i + 1) % 3] * 0.3 if i % 5 else np.tanh(y[i % 3] + x[1])
    return np.where(flag, y[0] + y[1] * y[2], x[1])


def test_long_programs_are_cut_into_parts_that_agree():
    program = linearize(trace(long_function, 2))
    cut, places = parts(program)
    assert len(cut) > 2
    assert 0 < places < 20
    x = np.random.default_rng(14).uniform(0, 1, (2, 21))
    found = compiled(long_function, 2)(x)[0]
    np.testing.assert_allclose(found, compile(long_function, 2, ("value",), "numpy")(x)[0], 1e-12)


def test_many_inputs_and_outputs_go_through_the_heap():
    f = compiled(lambda x: np.cumsum(x), 520)
    x = np.random.default_rng(15).uniform(size=520)
    np.testing.assert_allclose(f(x)[0], np.cumsum(x), rtol=1e-14)


# --- primitives of one's own ---

softplus = primitive(
    "softplus",
    lambda x: np.logaddexp(0.0, x),
    [lambda g, y, x: g / (1.0 + np.exp(-x))],
    spelling={"python": "log1p(exp({0}))", "c": "system(0), {0}", "javascript": "evil({0})"},
)


def test_a_users_primitive_is_written_out_from_its_value():
    f = compiled(lambda x: softplus(x[0]) * x[1], 2, "value", "gradient")
    value, gradient = f(np.array([0.0, 3.0]))
    assert float(value) == pytest.approx(3.0 * np.log(2.0), rel=1e-15)
    np.testing.assert_allclose(gradient, [1.5, np.log(2.0)], rtol=1e-15)


def test_a_users_text_never_gets_into_the_source():
    source = c_source(linearize(trace(lambda x: softplus(x[0]), 1)))
    assert "system" not in source
    assert "softplus" not in source


def test_a_users_primitive_that_cannot_be_traced_is_refused_by_name():
    opaque = primitive("opaque", lambda x: float(x) + 1.0, [None])
    with pytest.raises(
        TypeError, match="'opaque' has no definition that C or JavaScript could use"
    ):
        c_source(linearize(trace(lambda x: opaque(x[0]), 1)))


def test_polygamma_of_an_unknown_order_is_refused():
    with pytest.raises(TypeError, match="order n as a whole number"):
        c_source(linearize(trace(lambda x: TABLE["polygamma"](x[0], x[1]), 2)))


def test_the_library_can_be_called_from_c_alone():
    program = linearize(trace(lambda x: np.exp(x[0]) * x[1], 2))
    library = load_library(c_source(program), 2)
    x, y = (ctypes.c_double * 2)(0.0, 3.0), (ctypes.c_double * 1)()
    assert library.one_column(x, y) == 0
    assert y[0] == 3.0
