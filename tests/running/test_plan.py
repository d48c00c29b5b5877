"""Plans: the distinct runs of a study, its shares, and how they are cut into batches."""

import pytest

from simulator.errors import InputError
from simulator.experiment.faults import ConfigFaults
from simulator.experiment.runs import run_keys, tasks
from simulator.running.backlog import MOST_RUNS, Backlog
from simulator.running.batches import Batch, Piece
from simulator.running.forecast import forecast
from simulator.running.plan import keys_of
from simulator.running.shards import Shard, parsed_shard
from simulator.running.sizing import BATCH_SECONDS, Sizing
from simulator.running.work import WHOLE, sizing_of


def test_one_experiment_has_a_unit_per_optimizer(plan):
    made = plan()
    assert [(unit.label, unit.runs) for unit in made.units] == [
        ("adam", 3),
        ("nesterov", 3),
        ("l-bfgs-b", 3),
    ]
    assert made.runs == 9


def test_runs_that_points_share_are_planned_once(plan):
    made = plan(sweeps=["optimizers.0.learning_rate=0.01,0.1,1"])
    assert dict(made.runs_by_label) == {"adam": 9, "nesterov": 3, "l-bfgs-b": 3}
    shared = [{key for _, keys in keys_of(made, point) for key in keys} for point in made.study]
    assert len(shared[0] & shared[1] & shared[2]) == 6
    assert len(set.union(*shared)) == made.runs


def test_more_repeats_at_another_point_add_only_the_new_ones(plan):
    made = plan(sweeps=["starts=3,5"])
    assert [(unit.first, unit.end) for unit in made.units] == [(0, 3)] * 3 + [(3, 5)] * 3


def test_keys_of_a_plan_are_those_of_the_runs(plan):
    made = plan(sweeps=["seed=1,2"])
    for unit, keys in made.keyed():
        point = made.study.point(unit.point)
        problem = made.shelf.problem(point.experiment)
        task = tasks(point.experiment)[unit.task]
        assert keys == run_keys(problem, task)[unit.first : unit.end]


def test_keys_of_many_repeats_are_held_a_thousand_at_a_time(plan):
    made = plan("starts=2500", "optimizers=[adam]")
    parts = [(unit.first, unit.end, keys) for unit, keys in made.keyed() if unit.label == "adam"]
    assert [(first, end) for first, end, _ in parts] == [(0, 1024), (1024, 2048), (2048, 2500)]
    problem = made.shelf.problem(made.study.first)
    whole = run_keys(problem, tasks(problem.experiment)[0])
    assert [key for *_, keys in parts for key in keys] == whole


def test_points_with_the_same_cup_share_their_program(plan):
    made = plan(sweeps=["seed=1,2"])
    first = made.shelf.problem(made.study.point(0).experiment)
    program = first.value_program
    second = made.shelf.problem(made.study.point(1).experiment)
    assert second.value_program is program
    assert second.experiment.seed != first.experiment.seed


def test_points_with_other_cups_do_not(plan):
    made = plan(sweeps=["customers=milk,survey"])
    prints = {made.shelf.problem(point.experiment).fingerprint for point in made.study}
    assert len(prints) == 2


def test_a_point_that_does_not_fit_is_refused_before_anything_runs(plan):
    with pytest.raises(ConfigFaults, match="--sweep starts=3,0"):
        plan(sweeps=["starts=3,0"])


@pytest.mark.parametrize("count", [1, 2, 3, 50])
@pytest.mark.parametrize("sweeps", [(), ("seed=linear(1,20,20)",)])
def test_shares_are_disjoint_and_make_up_the_whole(plan, count, sweeps):
    made = plan(sweeps=sweeps)
    shards = [Shard(number, count) for number in range(1, count + 1)]
    for unit, keys in made.keyed():
        for repeat, key in zip(range(unit.first, unit.end), keys, strict=True):
            assert sum(shard.holds(made, unit, repeat, key) for shard in shards) == 1


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3", "²/3", ""])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(InputError, match="expected k/n"):
        parsed_shard(text)


def batches(made, sizing):
    def everything(unit, keys):
        return list(enumerate(keys, unit.first))

    backlog = Backlog(made, "0" * 64, sizing, everything)
    while (batch := backlog.batch()) is not None:
        yield batch


def test_batches_hold_every_run_once(plan):
    made = plan(sweeps=["seed=1,2,3"])
    keys = [key for batch in batches(made, sizing_of(made, 2)) for key in batch.keys]
    assert sorted(keys) == sorted(key for _, some in made.keyed() for key in some)
    assert len(set(keys)) == made.runs == len(keys)


def test_batches_are_about_a_second_of_what_was_measured(plan):
    made = plan("starts=1000", "optimizers=[l-bfgs-b]", "check.methods=[l-bfgs-b]")
    sizing = sizing_of(made, 2)
    sizing.measured("l-bfgs-b", 10, 0.1)
    sizes = [len(batch.keys) for batch in batches(made, sizing)]
    assert set(sizes[:-1]) == {round(BATCH_SECONDS / 0.01)}


def test_batches_of_the_shortest_runs_stay_small_in_memory(plan):
    made = plan("starts=3000", "optimizers=[l-bfgs-b]", "check.methods=[l-bfgs-b]")
    sizing = sizing_of(made, 2)
    sizing.measured("l-bfgs-b", 10, 1e-7)
    assert [len(batch.keys) for batch in batches(made, sizing)] == [MOST_RUNS] * 3


def test_towards_the_end_batches_shrink():
    sizing = Sizing({"adam": 20}, 1000, cores=2)
    sizing.measured("adam", 1, 0.1)
    assert sizing.seconds_left() == pytest.approx(1.0)
    assert sizing.batch_seconds() < BATCH_SECONDS / 2


def test_repeats_that_are_cheaper_together_stay_together(plan):
    made = plan("starts=40")
    sizing = sizing_of(made, 2)
    sizing.measured("adam", 1, 100.0)
    first = next(batches(made, sizing))
    assert len(first.pieces[0].repeats) == 16


def test_halves_of_a_batch_hold_every_run_once():
    pieces = [
        Piece({}, task, "a", tuple(range(n)), tuple(f"{task}-{i}" for i in range(n)))
        for task, n in enumerate((3, 1, 5))
    ]
    batch = Batch("0", tuple(pieces))
    halves = batch.halves()
    assert [len(half.keys) for half in halves] == [4, 5]
    assert [key for half in halves for key in half.keys] == batch.keys
    assert all(piece.repeats for half in halves for piece in half.pieces)
    single = Batch("0", (pieces[1],))
    assert single.halves() == [single]


def test_without_time_to_try_anything_a_forecast_knows_the_work_and_no_seconds(plan, monkeypatch):
    made = plan()
    tried = forecast(made, 2, WHOLE)
    monkeypatch.setattr("simulator.running.forecast.TRIAL_SECONDS", -1.0)
    untried = forecast(made, 2, WHOLE)
    assert (tried.tried, untried.tried) == ((3, 3), (0, 3))
    assert tried.seconds > 0 == untried.seconds
    assert (
        (untried.runs, untried.most_evaluations) == (tried.runs, tried.most_evaluations) == (9, 360)
    )
