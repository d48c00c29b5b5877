"""Every mistake is reported in its place, with what was expected, what was got and how to mend it."""

import pickle

import pytest

from simulator.errors import ConfigError
from simulator.experiment.config import experiment_from, loads
from simulator.experiment.faults import ConfigFaults, Fault, nearest


def faults(text):
    with pytest.raises(ConfigFaults) as caught:
        loads(f"name: cup\n{text}", "cup.yaml")
    return {fault.key: fault for fault in caught.value.faults}


def fault(text):
    found = faults(text)
    assert len(found) == 1, found
    return next(iter(found.values()))


class TestUnknownKeys:
    @pytest.mark.parametrize(
        ("text", "key", "nearest"),
        [
            ("sed: 1", "sed", "seed"),
            ("Objective: mean-score", "Objective", "objective"),
            ("brew: {temperature: 93}", "brew.temperature", "temperature_c"),
            ("tune: {grind: [200, 900]}", "tune.grind", "grind_um"),
            ("customers: {blak-mild: 1}", "customers.blak-mild", "black-mild"),
            ("stop: {max_evals: 10}", "stop.max_evals", "max_evaluations"),
            ("optimizers: [{method: adam, lr: 1}]", "optimizers.0.lr", "learning_rate"),
            ("check: {tol: 1}", "check.tol", "tolerance"),
            ("bean: {acids: 1}", "bean.acids", "acid_share"),
            ("noise: {customers: 3, customers_per_cup: 3}", "noise.customers", "customers_per_cup"),
            ("starts: {repeat: 3}", "starts.repeat", "repeats"),
            ("objective: {kind: share-above, treshold: 3}", "objective.treshold", "threshold"),
        ],
    )
    def test_name_the_nearest_key(self, text, key, nearest):
        found = faults(text)[key]
        assert found.nearest == nearest
        assert found.got == key.rsplit(".", 1)[-1]
        assert nearest in found.expected
        assert nearest in found.remedy
        assert found.line == 2

    @pytest.mark.parametrize(
        ("text", "home"),
        [
            ("dose_g: 15", "under brew"),
            ("grind_um: 300", "under tune"),
            ("threshold: 5", "under objective"),
            ("repeats: 5", "under starts"),
            ("tolerance: 5", "under check"),
            ("method: espresso", "under brew"),
            ("max_evaluations: 100", "under stop"),
            ("customers_per_cup: 100", "under noise"),
            ("brew: {seed: 3}", "top level"),
        ],
    )
    def test_that_belong_elsewhere_are_sent_there(self, text, home):
        assert home in fault(text).remedy


class TestValues:
    @pytest.mark.parametrize(
        ("text", "key", "expected", "got"),
        [
            ('seed: "10"', "seed", "a whole number from 0", '"10"'),
            ("seed: 1.5", "seed", "a whole number", "1.5"),
            ("seed: -1", "seed", "from 0", "-1"),
            ("seed: true", "seed", "a whole number", "true"),
            ("seed:", "seed", "a whole number", "nothing"),
            ("seed: 99999999999999999999", "seed", "9223372036854775807", "99999999999999999999"),
            ("description: [1]", "description", "text", "[1]"),
            ("brew: {dose_g: 5}", "brew.dose_g", "a number from 10 to 30 g", "5"),
            ("brew: {dose_g: .nan}", "brew.dose_g", "a number from 10 to 30 g", ".nan"),
            ("brew: {dose_g: .inf}", "brew.dose_g", "a number from 10 to 30 g", ".inf"),
            ("brew: {dose_g: 1e400}", "brew.dose_g", "a number from 10 to 30 g", "1e400"),
            ("brew: {dose_g: 15g}", "brew.dose_g", "a number from 10 to 30 g", "15g"),
            ("brew: {dose_g: [15]}", "brew.dose_g", "a number from 10 to 30 g", "[15]"),
            ("brew: expresso", "brew.method", "immersion, pour-over or espresso", "expresso"),
            ("brew: {method: 3}", "brew.method", "espresso", "3"),
            ("brew: [espresso]", "brew", "settings", "[espresso]"),
            ("brew:", "brew", "settings", "nothing"),
            ("bean: drak", "bean", "light, medium or dark", "drak"),
            ("bean: {e_max: 2}", "bean.e_max", "0.5", "2"),
            ("customers: everybody", "customers", "survey", "everybody"),
            ("customers: {milk: -1}", "customers.milk", "from 0", "-1"),
            ("customers: {milk: 0}", "customers", "a share above 0", "a mapping with milk"),
            ("customers: {}", "customers", "a share above 0", "a mapping with no keys"),
            ("customers: 5", "customers", "a mix", "5"),
            ("objective: best", "objective.kind", "mean-score or share-above", "best"),
            ("objective: {kind: share-above, width: 0}", "objective.width", "from 0.01", "0"),
            ("objective: {kind: share-above, width: 5}", "objective.width", "to 4 points", "5"),
            ("objective: {kind: share-above, threshold: 0.9}", "objective.threshold", "from 1", "0.9"),
            ("objective: {kind: share-above, threshold: 9.1}", "objective.threshold", "to 9", "9.1"),
            ("noise: {customers_per_cup: 0}", "noise.customers_per_cup", "from 1", "0"),
            ("noise: {customers_per_cup: 2.5}", "noise.customers_per_cup", "whole", "2.5"),
            ("noise: 5", "noise", "settings", "5"),
            ("starts: 0", "starts.repeats", "from 1", "0"),
            ("starts: {draw: latin}", "starts.draw", "sobol or random", "latin"),
            ("starts: many", "starts", "settings", "many"),
            ("starts: {recipes: []}", "starts.recipes", "entries", "[]"),
            ("stop: {max_evaluations: 0}", "stop.max_evaluations", ">= 1", "0"),
            ("stop: {step_tolerance: -1}", "stop.step_tolerance", ">= 0", "-1"),
            ("stop: 100", "stop", "settings", "100"),
            ("optimizers: adam", "optimizers", "a list", "adam"),
            ("optimizers: []", "optimizers", "entries", "[]"),
            ("optimizers: [adm]", "optimizers.0", "adam", "adm"),
            ("optimizers: [{method: adm}]", "optimizers.0.method", "adam", "adm"),
            ("optimizers: [{label: x}]", "optimizers.0", "method", "a mapping with label"),
            ("optimizers: [7]", "optimizers.0", "method", "7"),
            ("optimizers: [{method: adam, beta1: yes}]", "optimizers.0.beta1", "a number", "yes"),
            ("optimizers: [{method: adam, beta1: 2}]", "optimizers.0.beta1", "< 1", "2"),
            ("optimizers: [{method: adam, learning_rate: -1}]", "optimizers.0.learning_rate", "> 0", "-1"),
            ("check: {methods: [adam]}", "check.methods.0", "l-bfgs-b", "adam"),
            ("check: {tolerance: 0}", "check.tolerance", "above 0", "0"),
        ],
    )  # fmt: skip
    def test_are_refused_with_what_was_expected_and_got(self, text, key, expected, got):
        found = faults(text)[key]
        assert expected in found.expected
        assert found.got == got
        assert found.line == 2
        assert found.column > 1 or key == "customers"

    @pytest.mark.parametrize(
        "text", ["seed:", "bean:", "customers:", "brew: {dose_g: }", "optimizers:"]
    )
    def test_an_empty_place_is_called_empty(self, text):
        assert fault(text).problem == "no value"

    @pytest.mark.parametrize(
        ("text", "advice"),
        [
            ("brew: {dose_g: 015}", "write 15"),
            ("brew: {dose_g: 15 g}", "unit is part of the key"),
            ('brew: {dose_g: "15"}', "remove the quotes"),
            ("tune: {time_s: [1:30, 200]}", "in seconds"),
        ],
    )
    def test_numbers_written_otherwise_get_advice(self, text, advice):
        assert any(advice in found.remedy for found in faults(text).values())

    @pytest.mark.parametrize("knob", ["grind_um", "time_s", "milk_g", "sugar_g"])
    def test_a_range_comes_with_its_reason(self, knob):
        found = faults(f"tune: {{{knob}: [0, 1e6]}}")[f"tune.{knob}.high"]
        assert "a number from" in found.expected
        assert len(found.reason) > 20


class TestNames:
    @pytest.mark.parametrize(
        "name",
        ["..", ".hidden", "a/b", "/etc/passwd", "a\\\\b", "C:", "nul", "CON.txt", "a.", "-x", "a b", "x" * 61,
         "", "a\\u202eb", "a\\u200fb", "a\\0b", "a\\nb", "*", "com1", "LPT9"],
    )  # fmt: skip
    def test_that_could_not_be_a_folder_are_refused(self, name):
        with pytest.raises(ConfigFaults) as caught:
            loads(f'name: "{name}"')
        (found,) = caught.value.faults
        assert found.key == "name"
        assert "\u202e" not in str(found)

    @pytest.mark.parametrize(
        "name", ["house-blend", "v1.2_b", "拼配", "café", "007", "Ünï", "हिन्दी"]
    )
    def test_of_any_script_are_allowed(self, name):
        assert loads(f"name: {name}").name == name

    def test_a_missing_name_is_asked_for(self):
        with pytest.raises(ConfigFaults) as caught:
            loads("seed: 1")
        (found,) = caught.value.faults
        assert (found.key, found.line) == ("name", 1)
        assert "add name" in found.remedy

    def test_invisible_characters_are_refused_in_descriptions(self):
        assert "invisible" in fault('description: "a\\u202eb"').problem

    def test_a_name_that_looks_like_a_number_asks_for_quotes(self):
        with pytest.raises(ConfigFaults) as caught:
            loads("name: 12")
        assert "quotes" in caught.value.faults[0].remedy


class TestBounds:
    def test_reversed_bounds_are_offered_the_right_way_round(self):
        found = faults("tune: {time_s: [600, 20]}")["tune.time_s"]
        assert found.remedy == "write [20, 600]"

    @pytest.mark.parametrize("bounds", ["[30, 30]", "[30, 30.00000000001]", "{low: 30, high: 30}"])
    def test_bounds_without_room_are_refused(self, bounds):
        assert "fixed" in faults(f"tune: {{time_s: {bounds}}}")["tune.time_s"].remedy

    @pytest.mark.parametrize("bounds", ["30", "[30]", "[30, 40, 50]", "30-40", "[]", ""])
    def test_anything_but_a_pair_is_refused(self, bounds):
        assert faults(f"tune: {{time_s: {bounds}}}")["tune.time_s"].expected == "[low, high]"

    def test_a_log_scale_cannot_reach_zero(self):
        found = faults("tune: {milk_g: {low: 0, high: 9, scale: log}}")["tune.milk_g"]
        assert "linear" in found.remedy

    def test_a_missing_end_is_named(self):
        assert faults("tune: {time_s: {low: 30}}")["tune.time_s.high"].problem == "is missing"

    def test_both_ends_are_reported_at_their_own_columns(self):
        found = faults("tune: {time_s: [1, 9999]}")
        assert found["tune.time_s.low"].column == 17
        assert found["tune.time_s.high"].column == 20

    def test_tuning_nothing_is_refused(self):
        assert (
            fault("tune: {}\nfixed: {grind_um: 300, time_s: 30, milk_g: 0, sugar_g: 0}").key
            == "tune"
        )

    def test_a_list_of_knobs_names_the_wrong_one(self):
        found = faults("tune: [grind_um, time]")["tune.1"]
        assert (found.got, found.nearest) == ("time", "time_s")

    def test_a_knob_listed_twice_is_refused(self):
        assert faults("tune: [milk_g, milk_g]")["tune.1"].problem == "the same knob twice"


class TestKnobsThatContradict:
    def test_neither_tuned_nor_fixed(self):
        found = fault("tune: [grind_um, time_s, milk_g]")
        assert "sugar_g is neither" in found.problem
        assert found.line == 2

    def test_fixed_and_tuned(self):
        assert "remove one" in fault("fixed: {milk_g: 3}").remedy

    def test_fixed_outside_the_range(self):
        assert (
            faults("tune: [grind_um, time_s, milk_g]\nfixed: {sugar_g: 21}")["fixed.sugar_g"].got
            == "21"
        )

    def test_a_brew_setting_is_not_fixed_here(self):
        assert "under brew" in fault("fixed: {dose_g: 15}").remedy

    def test_set_and_tuned(self):
        found = fault("tune: [grind_um, time_s, milk_g, sugar_g, dose_g]\nbrew: {dose_g: 15}")
        assert (found.key, found.line) == ("brew.dose_g", 3)

    @pytest.mark.parametrize(
        ("text", "key", "instead"),
        [
            ("brew: {beverage_g: 200}", "brew.beverage_g", "use water_g"),
            ("brew: {method: espresso, water_g: 200}", "brew.water_g", "use beverage_g"),
            ("brew: {method: pour-over, water_g: 200}", "brew.water_g", "use beverage_g"),
            ("tune: [grind_um, time_s, milk_g, sugar_g, beverage_g]", "tune.beverage_g", "use water_g"),
            ("tune: [grind_um, time_s, milk_g, sugar_g, water_g]\nbrew: espresso", "tune.water_g",
             "use beverage_g"),
        ],
    )  # fmt: skip
    def test_the_wrong_liquid_for_the_method(self, text, key, instead):
        found = fault(text)
        assert (found.key, found.remedy) == (key, instead)
        assert "described by" in found.reason

    def test_more_beverage_than_espresso_is_judged_in(self):
        assert "espresso" in fault("brew: {method: espresso, beverage_g: 250}").problem
        text = "tune: [grind_um, time_s, milk_g, sugar_g, beverage_g]\nbrew: espresso"
        assert fault(text).key == "tune.beverage_g"

    @pytest.mark.parametrize("part", ["threshold: 5", "width: 0.3"])
    def test_a_threshold_for_the_mean(self, part):
        assert "share-above" in fault(f"objective: {{{part}}}").remedy

    def test_equal_labels(self):
        found = fault("optimizers: [adam, {method: adam, beta1: 0.5}]")
        assert found.key == "optimizers.1"
        assert "label: adam-2" in found.remedy

    def test_an_optimizer_of_ours_does_not_check(self):
        assert fault("check: {methods: [adam]}").problem == "not an optimizer of scipy"

    def test_a_label_taken_by_a_check_with_other_options(self):
        text = "optimizers: [{method: adam, label: slsqp}]\ncheck: {methods: [slsqp]}"
        assert fault(text).key == "check.methods.0"


BOX = "tune: {grind_um: [200, 900], time_s: [20, 600], milk_g: [0, 9], sugar_g: [0, 9]}"
GRIND_FIXED = "tune: {time_s: [30, 60]}\nfixed: {grind_um: 500, milk_g: 0, sugar_g: 0}"


class TestStarts:
    def test_outside_the_tuned_box(self):
        recipe = "{grind_um: 240, time_s: 570, milk_g: 0.5, sugar_g: 11}"
        text = f"starts: {{recipes: [{recipe}]}}\n{BOX}"
        found = fault(text)
        assert found.key == "starts.recipes.0.sugar_g"
        assert "0 to 9" in found.expected

    def test_without_a_value_for_a_tuned_knob(self):
        assert (
            "sugar_g"
            in fault("starts: {recipes: [{grind_um: 240, time_s: 570, milk_g: 5}]}").problem
        )

    def test_with_a_knob_that_is_not_tuned(self):
        recipe = "{grind_um: 240, time_s: 570, milk_g: 0.5, sugar_g: 11, dose_g: 12}"
        assert "not tuned" in fault(f"starts: {{recipes: [{recipe}]}}").problem

    def test_at_the_centre(self):
        centre = "{grind_um: 529.15026, time_s: 109.54451, milk_g: 75, sugar_g: 10}"
        assert "centre" in fault(f"starts: {{recipes: [{centre}]}}").problem

    def test_a_region_outside_the_tuned_box(self):
        text = f"{GRIND_FIXED}\nstarts: {{within: {{time_s: [30, 61]}}}}"
        assert fault(text).key == "starts.within.time_s"

    def test_drawn_and_given(self):
        recipe = "{grind_um: 240, time_s: 570, milk_g: 0.5, sugar_g: 11}"
        found = faults(
            f"starts: {{draw: random, recipes: [{recipe}], within: {{time_s: [30, 60]}}}}"
        )
        assert set(found) == {"starts.draw", "starts.within"}

    def test_fewer_repeats_than_recipes(self):
        recipe = "{grind_um: 240, time_s: 570, milk_g: 0.5, sugar_g: 11}"
        assert (
            fault(f"starts: {{repeats: 1, recipes: [{recipe}, {recipe}]}}").key == "starts.repeats"
        )


class TestAllAtOnce:
    TEXT = """\
sed: 5
brew: {method: espreso, dose_g: 5, temp: 95}
tune: {grind: [200, 1400], time_s: [600, 20], milk_g: [0, 1e400], sugar_g: [0, 20]}
fixed: {dose_g: 15}
customers: {milk: 1, blak-mild: 2}
objective: {width: 0.25}
noise: {customers_per_cup: 2.5}
starts: {repeats: 0, kind: latin}
stop: {gradient_tol: 1e-8, step_tolerance: -1, max_evaluations: 0}
optimizers: [adm, {method: adam, lr: 0.1, beta1: 2, beta2: 3}, {learning_rate: 1}]
check: {methods: [adam], tolerance: .nan}
seed: 1
seed: 2
"""
    KEYS = (
        "sed", "brew.method", "brew.dose_g", "brew.temp", "tune.grind", "tune.time_s",
        "tune.milk_g.high", "fixed.dose_g", "customers.blak-mild", "objective.width",
        "noise.customers_per_cup", "starts.repeats", "starts.kind", "stop.gradient_tol",
        "stop.step_tolerance", "stop.max_evaluations", "optimizers.0", "optimizers.1.lr",
        "optimizers.1.beta1", "optimizers.1.beta2", "optimizers.2", "check.methods.0",
        "check.tolerance", "seed",
    )  # fmt: skip

    def test_every_fault_of_a_file_is_reported(self):
        assert sorted(faults(self.TEXT)) == sorted(self.KEYS)

    def test_in_the_order_of_the_file(self):
        lines = [found.line for found in faults(self.TEXT).values()]
        assert lines == sorted(lines)

    def test_the_message_holds_a_block_for_each(self):
        with pytest.raises(ConfigError) as caught:
            loads(f"name: cup\n{self.TEXT}", "cup.yaml")
        assert caught.value.exit_code == 2
        message = str(caught.value)
        assert message.startswith(f"{len(self.KEYS)} faults in cup.yaml")
        assert len(message.split("\n\n")) == len(self.KEYS) + 1


class TestMessages:
    def test_a_block_reads_like_this(self):
        with pytest.raises(ConfigFaults) as caught:
            loads("name: cup\nbrew:\n  method: expresso\n", "cup.yaml")
        assert str(caught.value) == (
            "1 fault in cup.yaml\n"
            "\n"
            "cup.yaml:3:11: brew.method: not a brewing method\n"
            "    3 |   method: expresso\n"
            "      |           ^\n"
            "    expected  immersion, pour-over or espresso\n"
            "    got       expresso\n"
            "    nearest   espresso\n"
            "    fix       write espresso"
        )

    def test_the_caret_stands_below_wide_characters_too(self):
        block = str(Fault("a", 1, 5, "k", "p", source_line="拼配: 9"))
        assert block.splitlines()[2] == "      |       ^"

    def test_a_long_line_is_shown_around_the_fault(self):
        block = str(Fault("a", 1, 5001, "k", "p", source_line="x" * 5000 + "Y" + "x" * 5000))
        line, caret = block.splitlines()[1:3]
        assert len(line) < 120
        assert line[caret.index("^")] == "Y"

    def test_nothing_in_a_message_commands_the_terminal(self):
        hostile = Fault(
            "a\x1b]0;b\x07", 1, 1, "k\x1b[2J", "p", got="\x9b31m", source_line="\u202ex\x00"
        )
        assert all(char.isprintable() or char == "\n" for char in str(hostile))

    @pytest.mark.parametrize(("column", "at"), [(1, 0), (96, 95), (97, 48), (500, 48)])
    def test_the_caret_of_a_long_line_stands_in_its_middle(self, column, at):
        text = "x" * (column - 1) + "Y" + "z" * 500
        block = str(Fault("cup.yaml", 3, column, "a", "wrong", source_line=text))
        line, caret = block.splitlines()[1:3]
        assert line == f"    3 | {text[column - 1 - at :][:96]}"
        assert caret == f"      | {' ' * at}^"

    def test_many_faults_are_counted_not_shown(self):
        error = ConfigFaults("a", [Fault("a", i, 1, "k", "p") for i in range(1, 1001)])
        assert "and 960 more" in str(error)
        assert len(error.faults) == 1000

    def test_an_error_survives_pickling(self):
        error = ConfigFaults("a", [Fault("a", 1, 1, "k", "p")])
        again = pickle.loads(pickle.dumps(error))
        assert (again.file, again.faults, str(again)) == (error.file, error.faults, str(error))

    def test_plain_data_is_refused_without_places(self):
        with pytest.raises(ConfigFaults) as caught:
            experiment_from({"name": "cup", "seed": "x"}, "overrides")
        (found,) = caught.value.faults
        assert (found.where, found.key, found.got) == ("overrides", "seed", '"x"')


class TestFaultsBehindFaults:
    def test_a_wrong_tune_hides_nothing_that_depends_on_it(self):
        text = """\
tune: {grindum: [300, 900], time_s: [500, 100]}
fixed: {milk_g: 0, time_s: 30}
starts: {recipes: [{grind_um: 400}]}
"""
        assert set(faults(text)) == {
            "tune.grindum",
            "tune.time_s",
            "fixed",
            "fixed.time_s",
            "starts.recipes.0",
        }

    def test_sections_that_are_wrong_themselves_get_no_faults_that_follow_from_it(self):
        text = "brew: {method: espreso}\ntune: {beverage_g: [1, 2]}\nfixed: {grind_um: 300}\n"
        found = faults(text)
        assert {"brew.method", "tune.beverage_g.low"} <= set(found)
        assert not any("not for immersion" in each.problem for each in found.values())

    def test_a_right_tune_is_not_looked_at_twice(self):
        assert set(faults("seed: many")) == {"seed"}


class TestSectionsThatAreNoSettings:
    @pytest.mark.parametrize(
        ("text", "shapes"),
        [
            ("starts: many", ["a whole number from 1 to 10000", "repeats: ..."]),
            ("brew: 12", ["immersion, pour-over or espresso", "dose_g: ..."]),
            ("objective: [1]", ["mean-score or share-above", "threshold: ..."]),
            ("check: fine", ["methods: ..."]),
        ],
    )
    def test_name_both_forms_that_are_expected(self, text, shapes):
        expected = fault(text).expected
        for shape in shapes:
            assert shape in expected


@pytest.mark.parametrize(
    ("word", "found"),
    [("gra", "gradient_tolerance"), ("gr", ""), ("gt", "gradient_tolerance"), ("", "")],
)
def test_a_beginning_of_three_letters_or_the_initials_find_a_name(word, found):
    assert nearest(word, ["gradient_tolerance", "max_evaluations"]) == found


class TestWhatIsNoSetting:
    """A value of another shape than the place wants, and what the place wants."""

    @pytest.mark.parametrize(
        ("text", "key", "problem", "expected"),
        [
            ("cup: big", "cup", "not a known cup", "standard or skimmed-milk"),
            ("cup: {a: 1}", "cup.a", "a cup has no such property", "served_g, milk_protein_g_kg"),
            ("bean: 3", "bean", "not a bean", "or its numbers: {name, e_max,"),
            ("tune: 3", "tune", "not a mapping of knobs", "settings such as {grind_um: ...}"),
            ("tune: {}", "tune", "nothing is tuned", "at least one knob"),
            ("fixed: 3", "fixed", "not a mapping of knobs", "settings such as {grind_um: ...}"),
            ("stop: 3", "stop", "not the stopping rule", "settings such as {max_evaluations:"),
            ("noise: 3", "noise", "not settings", "settings: {customers_per_cup: ...,"),
            ("objective: 4", "objective", "not settings", "mean-score or share-above, or settings"),
            ("optimizers: {}", "optimizers", "not a list", "lines that begin with '-'"),
            ("optimizers: []", "optimizers", "a list of 0", "from 1 to 100 entries"),
            ("check: {methods: []}", "check.methods", "a list of 0", "from 1 to 100 entries"),
        ],
    )
    def test_is_named_with_what_is_expected(self, text, key, problem, expected):
        found = fault(text)
        assert (found.key, found.line) == (key, 2)
        assert problem in found.problem
        assert expected in found.expected


class TestParametersOfAFunction:
    """``problem: module:function`` has parameters of any name, and nothing of coffee."""

    @pytest.mark.parametrize(
        ("tune", "key", "problem", "help_"),
        [
            ("[]", "tune", "no parameters with bounds", "such as {x: [-2, 2], y: [0, 1]}"),
            ("{x: 3}", "tune.x", "not a pair of bounds", "[low, high]"),
            ("{x: [1, 1]}", "tune.x", "bounds without room", "low below high"),
            ("{x: [2, 1]}", "tune.x", "bounds without room", "low below high"),
            ("{x: {low: 1}}", "tune.x.high", "is missing", "a number"),
            ("{x: {high: 1}}", "tune.x.low", "is missing", "a number"),
            ("{x: {low: 0, high: 2, width: 2}}", "tune.x.width", "no such part", "or scale"),
            ("{x: {low: 0, high: 2, scale: log}}", "tune.x", "cannot reach 0", "scale: linear"),
            ("{x y: [0, 2]}", "tune.x y", "not a parameter's name", "letters, digits and '_'"),
            (f"{{{'x' * 41}: [0, 2]}}", f"tune.{'x' * 41}", "not a parameter's name", "at most 40"),
        ],
    )
    def test_are_named_with_their_place(self, tune, key, problem, help_):
        found = fault(f"problem: mine:valley\ntune: {tune}")
        assert (found.key, found.line) == (key, 3)
        assert problem in found.problem
        assert help_ in f"{found.expected} {found.remedy}"

    def test_are_a_thousand_at_most(self):
        # No file is long enough for as many; plain data is.
        tune = {f"x{i}": [0, 1] for i in range(1001)}
        with pytest.raises(ConfigFaults) as caught:
            experiment_from({"name": "f", "problem": "mine:valley", "tune": tune})
        (found,) = caught.value.faults
        assert (found.key, found.problem) == ("tune", "1001 parameters")
        assert found.expected == "at most 1000"

    def test_are_read_in_both_forms(self):
        text = (
            "name: f\nproblem: mine:valley\ntune: {x: [-2, 2], rate: {low: 1, high: 9, scale: log}}"
        )
        read = loads(text).tune
        assert [(b.low, b.high, b.scale) for b in read.values()] == [
            (-2.0, 2.0, "linear"),
            (1.0, 9.0, "log"),
        ]
        longest = "x" * 40
        assert list(loads(f"name: f\nproblem: a:b\ntune: {{{longest}: [0, 1]}}").tune) == [longest]

    @pytest.mark.parametrize("section", ["brew: {dose_g: 15}", "bean: dark", "customers: milk"])
    def test_stand_beside_nothing_of_coffee(self, section):
        found = fault(f"problem: mine:valley\ntune: {{x: [0, 1]}}\n{section}")
        assert found.key == section.partition(":")[0]
        assert "is about coffee, but problem names a function" in found.problem
