"""Where a derivative does not exist the engine says which subgradient it takes, and takes a valid one."""

import numpy as np
import pytest

from simulator.autodiff import grad, jvp

KINKS = {
    # name: (function, point, the subgradient the README promises)
    "abs at 0": (np.abs, 0.0, 0.0),
    "sign at 0": (np.sign, 0.0, 0.0),
    "maximum at a tie, first operand": (lambda x: np.maximum(x, 2.0), 2.0, 1.0),
    "maximum at a tie, second operand": (lambda x: np.maximum(2.0, x), 2.0, 0.0),
    "maximum of itself": (lambda x: np.maximum(x, x), 2.0, 1.0),
    "minimum at a tie, first operand": (lambda x: np.minimum(x, 2.0), 2.0, 1.0),
    "minimum at a tie, second operand": (lambda x: np.minimum(2.0, x), 2.0, 0.0),
    "relu at 0": (lambda x: np.maximum(x, 0.0), 0.0, 1.0),
    "clip at its bound": (lambda x: np.clip(x, 0.0, 1.0), 1.0, 1.0),
    "hypot at the origin": (lambda x: np.hypot(x, 0.0 * x), 0.0, 0.0),
    "norm at the origin": (lambda x: np.linalg.norm(np.stack([x, 2.0 * x])), 0.0, 0.0),
    "floor at a step": (np.floor, 1.0, 0.0),
    "ceil at a step": (np.ceil, 1.0, 0.0),
    "rint at a step": (np.rint, 0.5, 0.0),
    "comparison": (lambda x: np.where(x > 1.0, 1.0, 0.0) + x, 1.0, 1.0),
}


@pytest.mark.parametrize("name", KINKS)
def test_the_promised_subgradient_is_taken_forward_and_backward(name):
    function, x, promised = KINKS[name]
    assert grad(function)(x) == promised
    assert jvp(function)(x, 1.0) == promised


@pytest.mark.parametrize(
    "name", [n for n in KINKS if n.split()[0] not in ("sign", "floor", "ceil", "rint")]
)
def test_it_lies_between_the_slopes_on_both_sides(name):
    function, x, promised = KINKS[name]
    slopes = [float(function(x + h) - function(x)) / h for h in (1e-6, -1e-6)]
    assert min(slopes) - 1e-6 <= promised <= max(slopes) + 1e-6


def test_shares_of_a_tie_add_up_to_one():
    assert sum(grad(np.maximum, argnum=(0, 1))(2.0, 2.0)) == 1.0
    assert sum(grad(np.minimum, argnum=(0, 1))(2.0, 2.0)) == 1.0
    assert grad(lambda x: np.max(x))(np.array([1.0, 3.0, 3.0])).tolist() == [0.0, 1.0, 0.0]
