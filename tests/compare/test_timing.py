"""Seconds and processor time: the warm-up apart, rounds interleaved, an account of all stages."""

import pytest

from simulator.compare import timing
from simulator.compare.effort import Effort
from simulator.compare.race import run_stage
from simulator.compare.stages import labelled
from simulator.compare.timing import Seconds, Timings, speeds


def seconds(optimizer, number, wall):
    return Seconds("cup", optimizer, number, wall, wall / 2, visits=60)


def test_the_warm_up_enters_no_median_and_is_told():
    walls = [9.0, 0.3, 0.6, 0.9]
    timings = Timings("a machine", 3, tuple(seconds("a", i, wall) for i, wall in enumerate(walls)))
    (speed,) = speeds(timings)
    assert speed.warm_up_ms == pytest.approx(9000 / timing.REPEATS)
    assert speed.wall_ms.value == pytest.approx(600 / timing.REPEATS)
    assert speed.cpu_ms.value == pytest.approx(300 / timing.REPEATS)
    assert speed.wall_ms.n == 3
    assert speed.wall_us_per_visit == pytest.approx(1e6 * 0.6 / 60)


def test_the_fastest_comes_first():
    walls = (("a", 2.0), ("b", 1.0))
    every = [seconds(name, number, wall) for number in (0, 1) for name, wall in walls]
    timings = Timings("a machine", 1, tuple(every))
    assert [each.optimizer for each in speeds(timings)] == ["b", "a"]


def test_there_are_at_least_ten_rounds():
    assert timing.ROUNDS >= 10


def test_every_round_has_every_optimizer_once_in_an_order_of_its_own(suite, monkeypatch):
    monkeypatch.setattr(timing, "BUDGET", 10)
    instance = next(each for each in suite.raced if each.name == "beale")
    choices = tuple(map(labelled, ("newton", "adam", "bfgs", "slsqp")))
    rounds = [timing._round(instance, choices, number) for number in range(4)]
    orders = [tuple(each.optimizer for each in found) for found in rounds]
    assert all(sorted(order) == sorted(orders[0]) for order in orders)
    assert len(set(orders)) > 1
    assert all(each.visits > 0 and each.wall_s > 0 for found in rounds for each in found)


def test_timings_read_back(tmp_path):
    timings = Timings("a machine", 1, (seconds("a", 0, 1.0), seconds("a", 1, 0.5)))
    assert timing.read(tmp_path / "timing.json") is None
    timing.write(timings, tmp_path / "timing.json")
    assert timing.read(tmp_path / "timing.json") == timings


@pytest.mark.parametrize("processes", [0, 1])
def test_a_stage_tells_the_processor_seconds_of_every_piece(make_stage, tmp_path, processes):
    stage, used = make_stage(("newton", "slsqp"), ("beale",)), []
    run_stage(stage, tmp_path / "race", processes, used=used.append)
    assert len(used) == 2
    assert min(used) > 0
    run_stage(stage, tmp_path / "race", processes, used=used.append)
    assert len(used) == 2


def test_an_account_adds_up_over_resumptions(tmp_path):
    for stage, taken in (("race", 1.5), ("tuned", 3.0), ("race", 1.5)):
        Effort(tmp_path).add(stage, taken)
    assert dict(Effort(tmp_path).seconds) == {"race": 3.0, "tuned": 3.0}
    assert Effort(tmp_path).told() == "0.1 processor-minutes (race 0.1, tuned 0.1)"


def test_a_folder_without_an_account_tells_none(tmp_path):
    assert dict(Effort(tmp_path / "nowhere").seconds) == {}
