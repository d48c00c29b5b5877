"""The search on functions whose least value is known."""

import numpy as np
import pytest

from simulator.autodiff import trace
from simulator.certify.examination import Examiner
from simulator.certify.search import Budget, Search


def rosenbrock(x):
    a, b = 4 * x[0] - 2, 4 * x[1] - 1
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2


def six_hump_camel(x):
    a, b = 6 * x[0] - 3, 4 * x[1] - 2
    return (4 - 2.1 * a**2 + a**4 / 3) * a**2 + a * b + (4 * b**2 - 4) * b**2


def kinked(x):
    return abs(x[0] - 0.3) + abs(x[1] - 0.7 * x[0]) + 0.1 * x[1]


def step_down(x):
    """Jumps down by 1 at 0.625, an edge of boxes, and rises to both sides of it."""
    return np.where(x[0] >= 0.625, x[0] - 1.0, 0.625 - x[0])


def at_corner(x):
    return np.exp(x[0]) - 2 * x[1] + x[0] * x[1]


KNOWN = {  # function, parameters, least value
    rosenbrock: (2, 0.0),
    six_hump_camel: (2, -1.0316284534898772),
    kinked: (2, 0.021),
    step_down: (1, -0.375),
    at_corner: (2, -1.0),
}


def begun(function, within=1e-4, point=None):
    size = KNOWN[function][0]
    examiner = Examiner(trace(function, size), "numpy")
    start = np.full(size, 0.6) if point is None else np.array(point)
    return Search.start(examiner, start, within)


@pytest.mark.parametrize("function", KNOWN)
def test_a_proof_brackets_the_least_value_whatever_point_it_starts_from(function):
    search = begun(function)
    assert search.run(Budget(boxes=400_000)) is None
    bracket = search.bracket
    assert search.proved
    assert bracket.lower <= KNOWN[function][1] <= bracket.upper
    assert bracket.upper - bracket.lower <= 1e-4


@pytest.mark.parametrize("function", KNOWN)
def test_the_bracket_is_true_at_every_moment(function):
    search, least = begun(function), KNOWN[function][1]
    widths = []
    for _ in range(12):
        search.step()
        bracket = search.bracket
        assert bracket.lower <= least <= bracket.upper + 1e-12
        widths.append(bracket.upper - bracket.lower)
    assert widths[-1] <= widths[0]


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        (Budget(boxes=8), "boxes"),
        (Budget(seconds=1e-9), "time"),
        (Budget(memory_mb=3e-4), "memory"),
    ],
)
def test_a_spent_budget_is_named(budget, reason):
    assert begun(six_hump_camel).run(budget) == reason


def test_a_box_in_waiting_is_bounded_by_itself():
    search = begun(six_hump_camel)
    for _ in range(6):
        search.step()
    assert search.open.floor.min() - 1e-3 <= search.checked_lower() <= -1.0316


def test_with_scarce_memory_the_proof_is_the_same():
    search = begun(six_hump_camel)
    while len(search.open):
        search.step(memory_mb=1e-9)
    assert search.proved
    assert search.bracket.lower <= -1.0316284534898772 <= search.bracket.upper


@pytest.mark.parametrize("memory_mb", [np.inf, 1e-9])
def test_in_small_batches_the_proof_is_the_same_whichever_boxes_come_first(memory_mb, monkeypatch):
    monkeypatch.setattr("simulator.certify.search.BATCH", 4)
    search, waiting = begun(six_hump_camel), []
    while len(search.open):
        floors = np.sort(search.open.floor)
        before = search.boxes
        search.step(memory_mb)
        waiting.append(len(floors))
        assert search.boxes - before == min(4, len(floors))
        if memory_mb == np.inf and len(floors) > 4 and len(search.open):
            # The four lowest were looked at: what waits now is no lower than they were.
            assert search.open.floor.min() >= floors[0]
    assert search.proved
    assert search.bracket.lower <= -1.0316284534898772 <= search.bracket.upper
    assert max(waiting) > 4


def test_scarce_memory_keeps_fewer_boxes_waiting(monkeypatch):
    monkeypatch.setattr("simulator.certify.search.BATCH", 4)
    most = {}
    for memory_mb in (np.inf, 1e-9):
        search, most[memory_mb] = begun(six_hump_camel), 0
        while len(search.open):
            most[memory_mb] = max(most[memory_mb], len(search.open))
            search.step(memory_mb)
    assert most[1e-9] < most[np.inf]


@pytest.mark.parametrize("within", [0.0, -1.0, np.nan, 1e-18])
def test_a_tolerance_below_rounding_is_refused(within):
    with pytest.raises(ValueError, match="within"):
        begun(at_corner, within)
