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


def test_people_of_their_own_taste_are_served_worse_by_one_cup_than_their_average(problem, menus):
    for seed in (0, 1):
        found = choose_menu(problem, 1, people=3, seed=seed)
        assert found.value < menus[0].value - 0.05
        assert found.value >= found.by_scipy - 1e-3


def test_more_recipes_than_customers_serve_no_better_than_one_for_each():
    lonely = Problem(loads(SMALL.replace("everyday", "milk")))
    one, three = choose_menu(lonely, 1), choose_menu(lonely, 3)
    assert three.value == pytest.approx(one.value, abs=1e-6)
    assert three.on_grid == one.on_grid
    assert (len(three.recipes), sum(three.served)) == (3, pytest.approx(1.0))


def test_a_share_of_content_customers_is_what_a_menu_raises():
    shares = Problem(loads(SMALL + "objective: {kind: share-above, threshold: 6, width: 0.2}\n"))
    found = choose_menu(shares, 2)
    rows = np.array([[recipe[knob] for knob in shares.knobs] for recipe in found.recipes])
    cups = [
        shares.tasting(shares.coordinates(dict(zip(shares.knobs, row, strict=True))))
        for row in rows
    ]
    best = np.max([[float(each.score) for each in cup.segments] for cup in cups], axis=0)
    weight = np.array([share for _, share in shares.customers])
    content = 1.0 / (1.0 + np.exp(-(best - 6.0) / 0.2))
    assert found.value == pytest.approx(weight @ content / weight.sum(), abs=1e-6)
    assert found.alone < found.value <= 1.0
