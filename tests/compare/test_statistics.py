"""First hits, running times, intervals, profiles, ranks and tests, against independent sources."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator.compare.costs import COST_MODELS, cost_model
from simulator.compare.endings import Ending, endings
from simulator.compare.hits import GAPS, Hits, collect, first_hits
from simulator.compare.intervals import family_resamples, interval, median, resamples, wilson
from simulator.compare.profiles import (
    data_profile,
    pairwise,
    performance_profile,
    runtime_distribution,
)
from simulator.compare.race import thinned
from simulator.compare.ranks import holm, paired, ranks
from simulator.compare.running_time import ert_intervals, expected_running_time, standings
from simulator.errors import InputError, ResultsError
from simulator.experiment.records import TraceRecord
from simulator.experiment.store import open_results

CALLS = COST_MODELS["calls"]


class Perfect:
    perfect = 0.0


def trace_of(values):
    values = np.array(values, dtype=float)
    steps = np.arange(1, values.size + 1)
    nothing = np.zeros(values.size)
    return TraceRecord(
        value_count=steps, gradient_count=steps // 2, hessian_count=steps // 3, wall_s=nothing, loss=values,
        score=-values, gradient_norm=nothing, knobs=("a",), recipe=np.zeros((1, values.size)),
    )  # fmt: skip


def searched(values, gradients, hessians, target):
    """First hit by looking at every call in turn."""
    for place, value in enumerate(values):
        if value <= target:
            return [place + 1, gradients[place], hessians[place]]
    return [np.inf] * 3


runs = st.lists(
    st.one_of(st.floats(1e-12, 1e3), st.just(np.nan), st.just(np.inf)), min_size=1, max_size=60
)


@given(runs)
def test_a_first_hit_is_the_first_call_within_the_target(values):
    trace = trace_of(values)
    found = first_hits(trace, 0.0)
    for gap, row in zip(GAPS, found, strict=True):
        expected = searched(values, trace.gradient_count, trace.hessian_count, gap)
        assert row.tolist() == [float(count) for count in expected]


@given(runs, st.sampled_from([0.0, -3.75, 124.36]))
def test_a_thinned_trace_has_the_same_first_hits(values, least):
    shifted = trace_of(np.array(values) + least)
    thin = thinned(Perfect, shifted, least)
    assert np.array_equal(first_hits(thin, least), first_hits(shifted, least))
    assert thin.value_count[-1] == len(values)


def test_expected_running_time_charges_failures():
    first = np.array([10.0, 20.0, np.inf])
    spent = np.array([99.0, 99.0, 300.0])
    assert expected_running_time(first, spent, np.ones(3, bool)) == (10 + 20 + 300) / 2


def test_without_a_success_it_is_infinite():
    assert expected_running_time(np.array([np.inf]), np.array([5.0]), np.ones(1, bool)) == np.inf


def test_runs_that_are_missing_count_for_nothing():
    present = np.array([True, False])
    assert expected_running_time(np.array([10.0, np.inf]), np.array([30.0, 0.0]), present) == 10


@pytest.mark.parametrize(("successes", "n"), [(0, 10), (3, 10), (10, 10), (497, 740)])
def test_wilsons_interval_is_scipys(successes, n):
    ours = wilson(successes, n)
    theirs = stats.binomtest(successes, n).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_holms_example():
    # By hand: 0.005·4, 0.01·3, 0.03·2, then 0.04·1 < 0.06.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_bootstrap_intervals_of_a_mean_cover_it_as_often_as_they_say():
    rng, inside = np.random.default_rng(5), 0
    for trial in range(200):
        sample = rng.exponential(size=40)
        low, high = interval(sample[resamples(40, "test", trial)].mean(axis=1))
        inside += low <= 1.0 <= high
    assert 0.86 <= inside / 200 <= 0.98


def test_a_sample_of_families_takes_all_problems_of_a_family_as_often_as_one():
    families = [(False, "a")] * 3 + [(False, "b")] * 2 + [(True, name) for name in "cdef"]
    for draw in family_resamples(families, "test", draws=50):
        times = np.bincount(draw, minlength=9)
        assert len(set(times[:3])) == len(set(times[3:5])) == 1
        assert times[0] + times[3] == 2
        assert times[5:].sum() == 4


def test_intervals_are_as_wide_for_six_copies_of_each_problem_as_for_one():
    rng = np.random.default_rng(8)
    once = synthetic(rng.lognormal(3, 1, (12, 1, 1)))
    copied = once.on([place for place in range(12) for _ in range(6)])
    widths = [ranked.ert.high - ranked.ert.low for ranked in map(standing_of, (once, copied))]
    assert widths[1] == pytest.approx(widths[0], rel=0.25)


def standing_of(hits):
    return standings(hits.at(CALLS), 1e-8)[0]


def test_a_median_with_many_failures_is_infinite():
    assert median(np.array([1.0, np.inf, np.inf])) == np.inf


def synthetic(costs, spent=1000.0):
    """Hits of (P, S, R) costs at every target, all of them values."""
    costs = np.asarray(costs, dtype=float)
    counts = np.zeros((*costs.shape, len(GAPS), 3))
    counts[..., 0] = costs[..., None]
    counts[np.isinf(costs)] = np.inf
    total = np.zeros((*costs.shape, 3))
    total[..., 0] = np.where(np.isinf(costs), spent, costs)

    class Problem:
        size = 3
        operations = (10, 20, 100)
        is_classical = False

        def __init__(self, name):
            self.name = self.hash = self.family = name

    problems = tuple(Problem(f"p{i}") for i in range(costs.shape[0]))
    labels = tuple("abcdef"[: costs.shape[1]])
    present = np.ones(costs.shape, dtype=bool)
    final = np.where(np.isinf(costs), 1.0, 0.0)
    return Hits(problems, labels, GAPS, counts, total, present, ~present, final)


def test_performance_profiles_of_dolan_and_more_by_hand():
    profile = performance_profile(
        synthetic([[[10], [20]], [[40], [10]], [[5], [np.inf]]]).at(CALLS), 1e-8
    )
    at_one, at_two, at_four = (np.searchsorted(profile.x, x * (1 - 1e-9)) for x in (1, 2, 4))
    assert profile.share[:, at_one].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert profile.share[:, at_two + 1].tolist() == pytest.approx([2 / 3, 2 / 3])
    assert profile.share[:, at_four + 1].tolist() == pytest.approx([1, 2 / 3])


def test_a_data_profile_counts_runs_per_n_plus_one():
    profile = data_profile(synthetic([[[8, 40]], [[8, np.inf]]]).at(CALLS), 1e-8, 100.0)
    assert profile.share[0, np.searchsorted(profile.x, 2.0) - 1] == 0
    assert profile.share[0, np.searchsorted(profile.x, 2.0)] == 0.5
    assert profile.share[0, -1] == 0.75
    assert profile.n == 4 * 1


def test_ranks_share_ties_and_failures_are_last():
    first, second, third = ranks(synthetic([[[10], [10], [np.inf]]] * 6).at(CALLS), 1e-8)
    assert (first.mean.value, second.mean.value, third.mean.value) == (1.5, 1.5, 3.0)


def test_the_signed_rank_test_is_scipys():
    rng = np.random.default_rng(6)
    costs = rng.lognormal(3, 1, (30, 2, 1))
    costs[:, 1] *= 1.5
    (pair,) = paired(synthetic(costs).at(CALLS), 1e-8, "a", ["b"])
    logs = np.log(costs[:, 1, 0] / costs[:, 0, 0])
    expected = stats.wilcoxon(logs, method="exact").pvalue
    assert pair.p == pytest.approx(expected)
    assert (pair.wins, pair.losses) == ((logs > 0).sum(), (logs < 0).sum())


def test_where_nobody_differs_the_test_finds_nothing(hits):
    same = replace(hits, counts=hits.counts[:, [0, 0]], spent=hits.spent[:, [0, 0]])
    same = replace(same, optimizers=("a", "b"), present=hits.present[:, [0, 0]])
    (duel,) = paired(same.at(CALLS), 1e-4, "a", ["b"])
    assert (duel.wins, duel.losses, duel.p_holm) == (0, 0, 1.0)


def test_problems_of_one_family_have_one_voice_in_the_test():
    costs = np.random.default_rng(7).lognormal(3, 1, (10, 2, 1))
    once = synthetic(costs)
    copied = once.on([place for place in range(10) for _ in range(5)])
    one, many = (paired(hits.at(CALLS), 1e-8, "a", ["b"])[0] for hits in (once, copied))
    assert many.p == one.p
    assert many.wins == 5 * one.wins


def test_the_best_of_several_candidates_pays_for_having_been_chosen():
    hits = synthetic(np.random.default_rng(9).lognormal(3, 1, (30, 3, 1)) * [[[1], [1], [2]]])
    alone, chosen = (
        paired(hits.at(CALLS), 1e-8, "a", ["c"], candidates)[0] for candidates in ([], ["a", "b"])
    )
    assert chosen.p == alone.p == alone.p_holm == alone.p_chosen
    assert chosen.p_holm == alone.p_holm
    assert chosen.p_chosen > alone.p


def test_endings_tell_stopping_near_and_far_from_running_out():
    hits = synthetic([[[10, np.inf], [20, 30]], [[np.inf, 40], [np.inf, np.inf]]], spent=100.0)
    spent, counts = hits.spent.copy(), hits.counts.copy()
    spent[1, 1, :, 0] = 60.0
    counts[1, 1, 0, :4] = 50.0
    found = endings(replace(hits, spent=spent, counts=counts), 1e-8, 100)
    assert found == {
        "a": Ending(arrived=2, stopped_near=0, stopped_far=0, out_of_budget=2, failed=0),
        "b": Ending(arrived=2, stopped_near=1, stopped_far=1, out_of_budget=0, failed=0),
    }
    assert found["b"].n == 4


def test_cost_models_price_the_same_counts():
    model = cost_model("1,2,10")
    assert model.of(4, (100, 200, 1000)).tolist() == [1, 2, 10]
    assert COST_MODELS["operations"].of(4, (100, 200, 1000)).tolist() == [1, 1, 10]
    assert COST_MODELS["differences"].of(4, (100, 200, 1000)).tolist() == [1, 4, 20]


@pytest.mark.parametrize("text", ["cheap", "1,2", "0,1,1", "1,-1,1", "nan,1,1"])
def test_prices_that_mean_nothing_are_refused(text):
    with pytest.raises(InputError, match="--cost"):
        cost_model(text)


def test_a_failed_run_is_charged_whole_and_hits_nothing(raced):
    stage, folder = raced
    instance = stage.instances[0]
    with open_results(folder) as results:
        run = next(run for run in results.runs() if run.problem_hash == instance.hash)
        trace = results.trace(run.key)
    failed = replace(run, status="failed", error="ValueError: no", repeat=1)
    nothing = trace_of([])
    told = [(run, instance.name, trace), (failed, instance.name, nothing)]
    hits = collect([instance], [run.optimizer], 2, told, budget=150)
    assert hits.failed.tolist() == [[[False, True]]]
    assert hits.spent[0, 0, 1].tolist() == [150, 0, 0]
    assert np.isinf(hits.counts[0, 0, 1]).all()
    assert np.isinf(hits.final[0, 0, 1])
    assert hits.final[0, 0, 0] == run.loss - instance.reference.least


@pytest.fixture
def one_run(raced):
    """A stored run, its instance and its trace."""
    stage, folder = raced
    instance = stage.instances[0]
    with open_results(folder) as results:
        run = next(run for run in results.runs() if run.problem_hash == instance.hash)
        return run, instance, results.trace(run.key)


def test_a_run_of_another_problem_is_never_counted(one_run):
    run, instance, trace = one_run
    other = replace(run, problem_hash="f" * 64)
    with pytest.raises(ResultsError, match="belongs to a problem with hash ffffffffffff"):
        collect([instance], [run.optimizer], 1, [(other, instance.name, trace)])


def test_starts_and_optimizers_that_nobody_asked_for_are_left_out(one_run):
    run, instance, trace = one_run
    told = [
        (replace(run, repeat=2), instance.name, trace),
        (replace(run, optimizer="somebody else"), instance.name, trace),
    ]
    hits = collect([instance], [run.optimizer], 2, told)
    assert not hits.present.any()
    assert not hits.spent.any()


def test_a_run_whose_last_word_is_no_number_is_there_and_ends_nowhere(one_run):
    run, instance, trace = one_run
    hits = collect(
        [instance], [run.optimizer], 1, [(replace(run, loss=np.nan), instance.name, trace)]
    )
    assert hits.present.all()
    assert np.isinf(hits.final).all()
    assert hits.spent[0, 0, 0, 0] == run.value_count


def told_of(costs, label, gap):
    """Everything that is told of one optimizer and must not depend on who else is there."""
    row = costs.hits.optimizers.index(label)
    told = [costs.first[:, row], costs.spent[:, row]]
    for profile in (data_profile(costs, gap, 50.0), runtime_distribution(costs, 50.0)):
        told += [profile.share[row], profile.low[row], profile.high[row]]
    told.append([each[row] for each in ert_intervals(costs, gap)])
    told.append(next(each for each in standings(costs, gap) if each.optimizer == label))
    return told


def same(one, other):
    return all(
        np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b
        for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("removed", ["adam", "newton", "scipy slsqp"])
def test_removing_an_optimizer_changes_nothing_about_the_others(hits, removed):
    left = [label for label in hits.optimizers if label != removed]
    every, fewer = hits.at(CALLS), hits.of(left).at(CALLS)
    for label in left:
        assert same(told_of(every, label, 1e-6), told_of(fewer, label, 1e-6))


@pytest.mark.parametrize("removed", "abcd")
def test_nor_where_costs_differ_a_hundredfold_and_half_of_the_runs_fail(removed):
    rng = np.random.default_rng(10)
    costs = rng.lognormal(3, 1, (15, 4, 6)) * np.array([1, 3, 30, 300])[:, None]
    costs[rng.random(costs.shape) < 0.4] = np.inf
    hits = synthetic(costs)
    left = [label for label in hits.optimizers if label != removed]
    every, fewer = hits.at(CALLS), hits.of(left).at(CALLS)
    for label in left:
        assert same(told_of(every, label, 1e-8), told_of(fewer, label, 1e-8))


def test_a_performance_profile_names_its_set_and_pairs_have_two(hits):
    costs = hits.at(CALLS)
    assert performance_profile(costs, 1e-6).optimizers == hits.optimizers
    panels = pairwise(costs, 1e-6, "newton", ["adam", "scipy slsqp"])
    assert [panel.optimizers for panel in panels] == [("newton", "adam"), ("newton", "scipy slsqp")]
