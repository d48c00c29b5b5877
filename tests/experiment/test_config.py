"""A config becomes an experiment with every default filled in, and back."""

import pickle

import pytest

from simulator.coffee import BEANS, MIXES, RANGES, Brew
from simulator.experiment.config import (
    experiment_from,
    load,
    loads,
    problem_part,
    run_part,
)
from simulator.experiment.content_key import canonical_hash
from simulator.experiment.faults import ConfigFaults
from simulator.experiment.knobs import Bounds
from simulator.optimizers import METHODS, Stopping


def experiment(text=""):
    return loads(f"name: cup\n{text}")


class TestDefaults:
    def test_a_name_is_enough(self):
        assert experiment().name == "cup"

    def test_the_four_knobs_of_the_recipe_are_tuned_over_their_whole_ranges(self):
        assert experiment().tune == {
            "grind_um": Bounds(200, 1400, "log"),
            "time_s": Bounds(20, 600, "log"),
            "milk_g": Bounds(0, 150, "linear"),
            "sugar_g": Bounds(0, 20, "linear"),
        }

    def test_every_default_bound_is_the_model_s_range(self):
        for knob, bounds in experiment().tune.items():
            assert (bounds.low, bounds.high) == (RANGES[knob].low, RANGES[knob].high)

    @pytest.mark.parametrize("method", ["immersion", "pour-over", "espresso"])
    def test_brew_settings_are_the_method_s_usual_ones(self, method):
        assert experiment(f"brew: {method}").brew.brew() == Brew.standard(method)

    def test_settings_that_mean_nothing_for_the_method_stay_empty(self):
        assert experiment("brew: immersion").brew.beverage_g is None
        assert experiment("brew: espresso").brew.water_g is None

    def test_the_six_classic_update_rules_run(self):
        labels = [choice.label for choice in experiment().optimizers]
        assert labels == [
            "gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam"
        ]  # fmt: skip

    def test_scipy_checks(self):
        methods = [choice.method for choice in experiment().check.methods]
        assert methods
        assert all(METHODS[method].family == "scipy" for method in methods)

    def test_the_tolerance_is_exact_without_noise_and_wider_with_it(self):
        assert experiment().check.tolerance == 1e-5
        assert experiment("noise: {customers_per_cup: 5}").check.tolerance > 1e-3

    def test_a_written_tolerance_stands_with_noise(self):
        text = "noise: {customers_per_cup: 5}\ncheck: {tolerance: 0.5}"
        assert experiment(text).check.tolerance == 0.5

    def test_no_tolerance_of_the_stopping_rule_is_trusted_under_noise(self):
        stop = experiment("noise: {customers_per_cup: 5}\nstop: {step_tolerance: 1e-3}").stop
        assert (stop.gradient_tolerance, stop.step_tolerance, stop.value_tolerance) == (0, 1e-3, 0)

    def test_the_stopping_rule_is_the_optimizers_own(self):
        assert experiment().stop == Stopping()

    def test_starts_are_drawn_from_the_whole_tuned_box(self):
        starts = experiment(
            "tune: {time_s: [30, 60]}\nfixed: {grind_um: 500, milk_g: 0, sugar_g: 0}"
        ).starts
        assert (starts.draw, starts.repeats, starts.within) == ("sobol", 10, {"time_s": (30, 60)})


class TestShortAndLongForms:
    @pytest.mark.parametrize(
        ("short", "long"),
        [
            ("brew: espresso", "brew: {method: espresso, dose_g: 14, beverage_g: 28}"),
            (
                "objective: share-above",
                "objective: {kind: share-above, threshold: 5.2, width: .25}",
            ),
            ("starts: 7", "starts: {repeats: 7, draw: sobol}"),
            ("tune: [sugar_g, milk_g, time_s, grind_um]", ""),
            ("customers: milk", "customers: {milk: 17}"),
            ("bean: dark", "bean: {name: dark}"),
            ("optimizers: [adam]", "optimizers: [{method: adam, label: adam}]"),
            ("noise:", ""),
            ("check: {methods: [shgo]}", "check: {methods: [{method: shgo}], tolerance: 1e-5}"),
            (
                "tune: {time_s: [30, 60]}\nfixed: {grind_um: 500, milk_g: 0, sugar_g: 0}",
                "tune: {time_s: {low: 30, high: 60, scale: log}}\n"
                "fixed: {sugar_g: 0, milk_g: 0, grind_um: 500}",
            ),
        ],
    )
    def test_mean_the_same(self, short, long):
        assert experiment(short) == experiment(long)
        assert hash(experiment(short)) == hash(experiment(long))

    def test_the_order_of_knobs_is_always_the_same(self):
        tune = experiment(
            "tune: {sugar_g: [0, 5], grind_um: [300, 900]}\nfixed: {milk_g: 0, time_s: 90}"
        ).tune
        assert list(tune) == ["grind_um", "sugar_g"]

    def test_the_order_of_segments_is_always_the_same(self):
        customers = experiment("customers: {milk: 1, black-strong: 1}").customers
        assert list(customers) == ["black-strong", "milk"]


class TestCustomers:
    def test_shares_are_divided_by_their_sum(self):
        assert experiment("customers: {milk: 1, black-mild: 3}").customers == {
            "black-mild": 0.75,
            "milk": 0.25,
        }

    @pytest.mark.parametrize("mix", MIXES)
    def test_a_mix_keeps_its_proportions(self, mix):
        customers, total = experiment(f"customers: {mix}").customers, sum(MIXES[mix].values())
        assert sum(customers.values()) == pytest.approx(1, abs=1e-12)
        for segment, share in MIXES[mix].items():
            assert customers[segment] == pytest.approx(share / total, rel=1e-12)


class TestBeans:
    def test_a_preset_with_one_number_changed(self):
        bean = experiment("bean: {name: dark, quality_points: 0.5}").bean
        assert bean.quality_points == 0.5
        assert bean.e_max == BEANS["dark"].e_max

    def test_numbers_without_a_name_change_the_usual_bean(self):
        assert experiment("bean: {e_max: 0.28}").bean.acid_share == BEANS["medium"].acid_share

    def test_a_bean_of_one_s_own_needs_all_numbers(self):
        bean = experiment(
            "bean: {name: Yirgacheffe, e_max: 0.29, acid_share: 4, middle_share: 3, bitter_share: 3,"
            " quality_points: 0}".replace("4,", "0.4,").replace("3,", "0.3,")
        ).bean
        assert bean.name == "Yirgacheffe"


class TestTunedBrewSettings:
    TEXT = "tune: [grind_um, dose_g, temperature_c]\nfixed: {time_s: 200, milk_g: 0, sugar_g: 0}"

    def test_have_no_value_of_their_own(self):
        brew = experiment(self.TEXT).brew
        assert (brew.dose_g, brew.temperature_c, brew.water_g) == (None, None, 240)

    def test_are_given_when_the_cup_is_brewed(self):
        brew = experiment(self.TEXT).brew.brew(dose_g=17.0, temperature_c=90.0)
        assert (brew.dose_g, brew.temperature_c, brew.water_g) == (17, 90, 240)

    def test_are_tuned_on_a_linear_scale(self):
        assert experiment(self.TEXT).tune["dose_g"].scale == "linear"


class TestStarts:
    RECIPE = "{grind_um: 240, time_s: 570, milk_g: 0.5, sugar_g: 0.1}"

    def test_given_recipes_count_as_repeats(self):
        starts = experiment(f"starts: {{recipes: [{self.RECIPE}]}}").starts
        assert (starts.repeats, starts.draw, starts.within) == (1, None, None)

    def test_given_recipes_can_be_repeated(self):
        assert experiment(f"starts: {{repeats: 8, recipes: [{self.RECIPE}]}}").starts.repeats == 8

    def test_a_region_may_name_some_knobs(self):
        within = experiment("starts: {within: {time_s: [400, 600]}}").starts.within
        assert within["time_s"] == (400, 600)
        assert within["milk_g"] == (0, 150)

    def test_bounds_themselves_are_allowed(self):
        assert experiment(
            "starts: {recipes: [{grind_um: 200, time_s: 600, milk_g: 0, sugar_g: 0}]}"
        )


class TestOptimizers:
    def test_options_are_filled_in(self):
        text = "optimizers: [{method: adam, label: bold, learning_rate: 1e-1, beta1: .5}]"
        (choice,) = experiment(text).optimizers
        assert choice.label == "bold"
        assert choice.solver == METHODS["adam"](learning_rate=0.1, beta1=0.5)
        assert choice.options["beta2"] == METHODS["adam"]().beta2

    def test_a_learning_rate_may_follow_a_schedule(self):
        text = (
            "optimizers:\n"
            "  - method: gradient-descent\n"
            "    learning_rate: {schedule: cosine, start: 0.1, end: 1e-3, steps: 1e3}"
        )
        (choice,) = experiment(text).optimizers
        assert choice.solver.learning_rate(0) == pytest.approx(0.1)
        assert choice.solver.learning_rate.steps == 1000

    @pytest.mark.parametrize("method", METHODS)
    def test_every_method_runs_with_its_defaults(self, method):
        (choice,) = experiment(f"optimizers: [{method}]").optimizers
        assert choice.solver == METHODS[method]()

    def test_one_method_runs_twice_under_two_labels(self):
        text = "optimizers: [adam, {method: adam, label: bold, learning_rate: 0.3}]"
        assert [choice.label for choice in experiment(text).optimizers] == ["adam", "bold"]

    def test_a_method_of_scipy_may_compete_and_check(self):
        assert experiment("optimizers: [l-bfgs-b]\ncheck: {methods: [l-bfgs-b]}")


class TestNumbers:
    def test_whole_numbers_may_be_written_as_decimals(self):
        assert experiment("stop: {max_evaluations: 1e4}").stop.max_evaluations == 10_000
        assert type(experiment("starts: 1e1").starts.repeats) is int

    def test_integers_do_where_decimals_are_meant(self):
        dose = experiment("brew: {dose_g: 16}").brew.dose_g
        assert (dose, type(dose)) == (16.0, float)

    def test_the_largest_seed_is_kept_to_the_digit(self):
        assert experiment("seed: 9223372036854775807").seed == 2**63 - 1


FULL = """
name: everything
description: |
  Two lines,
  一杯咖啡.
seed: 12
bean: {name: mine, e_max: 0.25, acid_share: 0.2, middle_share: 0.3, bitter_share: 0.4, quality_points: -1}
tune: {grind_um: {low: 300, high: 900, scale: linear}, beverage_g: [20, 40], sugar_g: [0, 10]}
brew: {method: espresso, dose_g: 18.5, temperature_c: 92}
fixed: {time_s: 30, milk_g: 12.5}
customers: {black-strong: 1, milk: 2, milk-and-sugar: 4}
objective: {kind: share-above, threshold: 6}
noise: {customers_per_cup: 9, tds_slope_sd: 0.2}
starts: {repeats: 3, draw: random, within: {sugar_g: [1, 2]}}
stop: {max_evaluations: 77, value_tolerance: 1e-3}
optimizers:
  - {method: rmsprop, learning_rate: {schedule: step, start: 0.2, factor: 0.5, every: 30}}
  - {method: momentum, label: heavy, momentum: 0.5}
check: {methods: [nelder-mead, l-bfgs-b], tolerance: 0.2}
"""

TEXTS = ["name: cup", FULL, f"name: cup\nstarts: {{recipes: [{TestStarts.RECIPE}]}}"]


@pytest.mark.parametrize("text", TEXTS)
class TestResolved:
    def test_loads_to_an_equal_experiment(self, text):
        first = loads(text)
        assert experiment_from(first.resolved()) == first

    def test_is_a_fixed_point(self, text):
        resolved = loads(text).resolved()
        assert experiment_from(resolved).resolved() == resolved

    def test_is_plain_data(self, text):
        def check(value):
            if isinstance(value, dict):
                assert all(type(key) is str for key in value)
                value = list(value.values())
            if isinstance(value, list):
                for item in value:
                    check(item)
            else:
                assert type(value) in (str, int, float, bool, type(None))

        check(loads(text).resolved())

    def test_survives_yaml(self, text):
        yaml = pytest.importorskip("yaml")
        first = loads(text)
        written = yaml.safe_dump(first.resolved(), allow_unicode=True, sort_keys=True)
        assert loads(written) == first

    def test_survives_json(self, text):
        import json

        first = loads(text)
        assert loads(json.dumps(first.resolved())) == first

    def test_survives_pickling(self, text):
        first = loads(text)
        assert pickle.loads(pickle.dumps(first)) == first


class TestHashes:
    @pytest.mark.parametrize(
        "text",
        ["seed: 1", "bean: dark", "brew: espresso", "customers: milk", "objective: share-above",
         "noise: {customers_per_cup: 3}", "starts: 11", "stop: {max_evaluations: 3}",
         "optimizers: [adam]", "check: {tolerance: 1}", "tune: {grind_um: [200, 1300], time_s: [20, 600],"
         " milk_g: [0, 150], sugar_g: [0, 20]}"],
    )  # fmt: skip
    def test_every_setting_matters(self, text):
        assert canonical_hash(experiment(text).resolved()) != canonical_hash(
            experiment().resolved()
        )

    @pytest.mark.parametrize(
        "text",
        [
            "seed: 1",
            "starts: 11",
            "stop: {max_evaluations: 3}",
            "optimizers: [adam]",
            "check: {tolerance: 1}",
        ],
    )
    def test_the_problem_does_not_depend_on_how_it_is_solved(self, text):
        assert problem_part(experiment(text)) == problem_part(experiment())

    @pytest.mark.parametrize(
        "text", ["bean: dark", "brew: espresso", "noise: {customers_per_cup: 3}"]
    )
    def test_the_problem_depends_on_the_cup_and_its_customers(self, text):
        assert problem_part(experiment(text)) != problem_part(experiment())

    def test_the_name_of_a_bean_is_no_part_of_the_problem(self):
        medium = dict(experiment().resolved()["bean"], name="mine")
        renamed = experiment_from(experiment().resolved() | {"bean": medium})
        assert problem_part(renamed) == problem_part(experiment())

    def test_more_repeats_leave_the_existing_runs_alone(self):
        assert run_part(experiment("starts: 11")) == run_part(experiment())

    @pytest.mark.parametrize(
        "text", ["seed: 1", "stop: {max_evaluations: 3}", "starts: {draw: random}"]
    )
    def test_a_run_depends_on_seed_starts_and_stopping_rule(self, text):
        assert run_part(experiment(text)) != run_part(experiment())


class TestLoading:
    def test_a_file_is_loaded(self, tmp_path):
        path = tmp_path / "cup.yaml"
        path.write_text("name: cup\nseed: 4", encoding="utf-8")
        assert load(path).seed == 4

    def test_faults_name_the_file(self, tmp_path):
        path = tmp_path / "cup.yaml"
        path.write_text("name: cup\nsed: 4", encoding="utf-8")
        with pytest.raises(ConfigFaults, match=r"cup\.yaml:2:1") as caught:
            load(path)
        assert caught.value.file == str(path)

    def test_an_experiment_cannot_be_changed(self):
        with pytest.raises(ValueError, match="frozen"):
            experiment().seed = 3
