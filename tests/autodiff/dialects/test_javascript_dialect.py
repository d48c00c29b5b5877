"""Emitted JavaScript under Node against NumPy, SciPy and the Python dialect."""

import shutil
import subprocess

import numpy as np
import pytest
from scipy import special

from simulator.autodiff import TABLE, compile, derivative_graph, primitive, trace
from simulator.autodiff.dialects.javascript_dialect import javascript_source
from simulator.autodiff.dialects.program import linearize
from simulator.autodiff.dialects.straight_line import parts
from simulator.autodiff.graph import Graph

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="NO NODE: emitted JavaScript is not run")

RUN = """
import * as fs from "node:fs";
import { f } from "./program.mjs";
const [inputs, outputs] = process.argv.slice(2).map(Number);
const bytes = fs.readFileSync("in.bin");
const x = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
const count = x.length / inputs;
const y = new Float64Array(count * outputs);
for (let j = 0; j < count; j++) {
  f(x.subarray(inputs * j, inputs * (j + 1)), y.subarray(outputs * j, outputs * (j + 1)));
}
fs.writeFileSync("out.bin", Buffer.from(y.buffer));
"""


def run(graph, values, folder):
    """Results (outputs, N) of the emitted module for values (inputs, N)."""
    (folder / "program.mjs").write_text(javascript_source(graph, "f"))
    (folder / "run.mjs").write_text(RUN)
    np.ascontiguousarray(values.T, dtype=float).tofile(folder / "in.bin")
    sizes = [str(values.shape[0]), str(len(graph.outputs))]
    subprocess.run([NODE, "run.mjs", *sizes], cwd=folder, check=True, timeout=60)
    return np.fromfile(folder / "out.bin").reshape(values.shape[1], -1).T


def model(x):
    warm = np.exp(0.3 * x[0]) + special.expit(x[1] * x[2])
    return np.where(x[0] > x[1], warm * np.tanh(x[2]), np.log1p(warm)) + special.ndtr(x[2]) ** 1.3


def with_derivatives(function, size):
    graph = trace(function, size)
    blocks = [derivative_graph(graph, output) for output in ("value", "gradient", "hessian")]
    return Graph(graph.inputs, tuple(node for block in blocks for node in block.outputs))


# --- every primitive ---

NAMES = [name for name in TABLE if name not in ("identity", "polygamma")]


def operands_for(row, values):
    chosen = list(values[: len(row.pulls)])
    if row.name == "where":
        chosen[0] = chosen[0] > 0.0
    elif row.logic:
        chosen = [value > 0.0 for value in chosen]
    return chosen


def every_primitive(x):
    return np.stack([TABLE[name](*operands_for(TABLE[name], x)) for name in NAMES])


SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1.5, -2.5, np.inf, -np.inf, np.nan,
     1e308, -1e308, 30.0, -30.0, 710.0, -710.0, 1e16, 2.0**53 + 2]
)  # fmt: skip


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Special pairs and random values, and what JavaScript makes of them."""
    random = np.random.default_rng(4)
    grid = np.array([a.ravel() for a in np.meshgrid(SPECIAL, SPECIAL)])
    special_values = np.concatenate([grid, grid[:1]])
    ordinary = np.concatenate(
        [random.uniform(-5.0, 5.0, (3, 500)), random.uniform(0.0, 1.0, (3, 300))], axis=1
    )
    graph = trace(every_primitive, 3)
    folder = tmp_path_factory.mktemp("javascript")
    found = run(graph, np.concatenate([special_values, ordinary], axis=1), folder)
    count = special_values.shape[1]
    return {
        name: ((special_values, found[k, :count]), (ordinary, found[k, count:]))
        for k, name in enumerate(NAMES)
    }


@needs_node
@pytest.mark.parametrize("name", NAMES)
def test_special_values_are_numpys(everything, name):
    values, found = everything[name][0]
    row = TABLE[name]
    with np.errstate(all="ignore"):
        expected = np.asarray(row.value(*operands_for(row, values)), dtype=float)
    if name == "erfcx":  # SciPy underflows at the largest numbers
        expected = np.where(values[0] == 1e308, 1.0 / np.sqrt(np.pi) / 1e308, expected)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    if name in ("maximum", "minimum"):
        return  # of 0 and −0 NumPy takes one or the other, this dialect the first
    zeros = expected == 0.0
    assert np.array_equal(np.signbit(found[zeros]), np.signbit(expected[zeros]))


@needs_node
@pytest.mark.parametrize("name", NAMES)
def test_ordinary_values_are_numpys(everything, name):
    values, found = everything[name][1]
    row = TABLE[name]
    with np.errstate(all="ignore"):
        expected = np.asarray(row.value(*operands_for(row, values)), dtype=float)
    # Beside zeros sums lose relative accuracy.
    slack = {"logaddexp": 4e-16, "gammaln": 1e-14, "digamma": 1e-13}.get(name, 0.0)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=slack)


# --- programs ---


@needs_node
def test_value_gradient_and_hessian_are_those_of_the_python_dialect(tmp_path):
    x = np.random.default_rng(5).uniform(-2.0, 2.0, (3, 200))
    found = run(with_derivatives(model, 3), x, tmp_path)
    value, gradient, hessian = compile(model, 3, ("value", "gradient", "hessian"))(x)
    np.testing.assert_allclose(found[0], value, rtol=1e-12)
    scale = 1e-12 * (1.0 + np.abs(gradient).max(axis=0) * 4.0)  # every coordinate spans 4
    assert (np.abs(found[1:4] - gradient) * 4.0 <= scale).all()
    np.testing.assert_allclose(found[4:], hessian.reshape(9, -1), rtol=1e-10, atol=1e-12)


def long_function(x):
    y = [x[0], x[1], np.sin(x[0])]
    flag = x[0] > 0.25
    for i in range(1300):
        y[i % 3] = y[i % 3] * 0.75 + y[(i + 1) % 3] * 0.3 if i % 5 else np.tanh(y[i % 3] + x[1])
    return np.stack([np.where(flag, y[0] + y[1] * y[2], x[1]), x[1], 7.0])


@needs_node
def test_long_programs_are_cut_into_parts_that_agree(tmp_path):
    graph = trace(long_function, 2)
    assert len(parts(linearize(graph))[0]) > 2
    x = np.random.default_rng(6).uniform(0, 1, (2, 21))
    expected = compile(graph, outputs=("value",), dialect="numpy")(x)[0]
    np.testing.assert_allclose(run(graph, x, tmp_path), expected, rtol=1e-12)


softplus = primitive(
    "softplus",
    lambda x: np.logaddexp(0.0, x),
    [lambda g, y, x: g / (1.0 + np.exp(-x))],
    spelling={"javascript": "evil({0})"},
)


@needs_node
def test_a_users_primitive_is_written_out_from_its_value(tmp_path):
    x = np.array([[0.0, 1.5], [3.0, -2.0]])
    found = run(trace(lambda x: softplus(x[0]) * x[1], 2), x, tmp_path)
    np.testing.assert_allclose(found[0], np.logaddexp(0.0, x[0]) * x[1], rtol=1e-15)


@needs_node
def test_without_an_array_to_fill_a_new_one_is_returned(tmp_path):
    (tmp_path / "cup.mjs").write_text(javascript_source(trace(lambda x: x * 2.0, 2), "cup"))
    code = 'import {cup} from "./cup.mjs"; console.log(JSON.stringify(Array.from(cup([1, 2.5]))))'
    command = [NODE, "--input-type=module", "-e", code]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[2,5]"


def test_only_what_is_used_is_defined():
    source = javascript_source(trace(lambda x: special.expit(x[0]), 1))
    assert "function expit(" in source
    assert "erfcx" not in source
    assert "function power(" not in source


def test_a_users_text_never_gets_into_the_source():
    source = javascript_source(trace(lambda x: softplus(x[0]), 1))
    assert "evil" not in source
    assert "softplus" not in source


@pytest.mark.parametrize(
    "name", ["for", "x", "Math", "a b", "f(){}", "", "1f", "part0", "power", "tasse\n"]
)
def test_a_name_that_javascript_does_not_allow_is_refused(name):
    with pytest.raises(ValueError, match="cannot be called"):
        javascript_source(trace(lambda x: x[0] ** 1.5, 1), name)
