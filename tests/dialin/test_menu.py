"""Menus for many customers, against the grid, scipy and what must hold."""

import numpy as np
import pytest

from simulator.dialin.menu import _Softened, choose_menu
from simulator.errors import InputError
from simulator.experiment.config import loads
from simulator.experiment.problem import Problem

SMALL = """\
name: small
tune: {milk_g: {low: 0, high: 100}, sugar_g: {low: 0, high: 16}}
fixed: {grind_um: 900, time_s: 240}
customers: everyday
"""


@pytest.fixture(scope="module")
def problem():
    """Milk and sugar for the everyday mix."""
    return Problem(loads(SMALL))


@pytest.fixture(scope="module")
def menus(problem):
    """The best menus of one and of two recipes."""
    return choose_menu(problem, 1), choose_menu(problem, 2)


def test_a_longer_menu_serves_better(menus):
    one, two = menus
    assert two.value > one.value + 0.1
    assert two.alone == pytest.approx(one.value, abs=1e-4)


def test_a_menu_is_as_good_as_scipys_and_any_on_the_grid(menus):
    for menu in menus:
        assert menu.value >= menu.by_scipy - 1e-3
        assert menu.value >= menu.on_grid - 1e-9


def test_everybody_is_served(menus):
    for menu in menus:
        assert sum(menu.served) == pytest.approx(1.0)
        assert len(menu.recipes) == len(menu.served)


@pytest.mark.parametrize(("k", "people"), [(0, 1), (9, 1), (2, 0)])
def test_a_menu_of_nothing_is_refused(problem, k, people):
    with pytest.raises(InputError, match="expected 1 to 8"):
        choose_menu(problem, k, people=people)


def test_second_derivatives_of_a_menu_are_differences_of_gradients(problem):
    soft = _Softened(problem, problem.customers, 2, 0.1)
    x, step, which = (
        np.full((soft.size, 1), 0.4) + 0.1 * np.eye(soft.size)[:, :1],
        1e-5,
        np.zeros(1),
    )
    hessian = soft.hessian(x, which)[:, :, 0]
    for i, shift in enumerate(step * np.eye(soft.size)[:, :, None]):
        above, below = (soft.value_and_gradient(x + s, which)[1][:, 0] for s in (shift, -shift))
        assert hessian[i] == pytest.approx((above - below) / (2 * step), abs=1e-6)
