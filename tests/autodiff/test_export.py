"""Source texts for other programs: they give what `compile` gives."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from scipy import special

from simulator.autodiff import compile, source, trace

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="NO NODE: not run")

POINT = [0.4, 1.3]


def model(x):
    return np.exp(-x[0]) * special.ndtr(x[1]) + x[0] ** 1.5


def flat(results):
    return np.concatenate([np.ravel(result) for result in results])


@needs_node
def test_a_page_gets_all_outputs_flat_and_in_order(tmp_path):
    outputs = ("value", "gradient", "hessian")
    (tmp_path / "cup.mjs").write_text(source(model, 2, outputs, name="cup"))
    script = f'import {{cup}} from "./cup.mjs"; console.log(JSON.stringify([...cup({POINT})]))'
    (tmp_path / "main.mjs").write_text(script)
    answer = subprocess.run(
        ["node", "main.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    expected = flat(compile(model, 2, outputs)(np.array(POINT)))
    np.testing.assert_allclose(json.loads(answer.stdout), expected, rtol=1e-14)


def test_a_graph_and_its_function_have_the_same_source():
    assert source(trace(model, 2), dialect="c") == source(model, 2, dialect="c")


def test_one_output_may_be_asked_for_by_its_name():
    assert source(model, 2, "value") == source(model, 2, ("value",))


def test_parameters_are_what_is_differentiated_by():
    assert "Float64Array(2)" in source(model, 2, parameters=1)


@pytest.mark.parametrize("dialect", ["python", "rust"])
def test_other_languages_are_refused(dialect):
    with pytest.raises(ValueError, match=f"no source in '{dialect}'"):
        source(model, 2, dialect=dialect)
