"""Studies: settings from a file, from the file it extends, from flags, and from a sweep."""

from pathlib import Path

import pytest

import simulator
from simulator.experiment.config import load, loads
from simulator.experiment.faults import ConfigFaults
from simulator.experiment.origins import annotated, origin
from simulator.experiment.study import load_study, study_from

BASE = """\
name: base
seed: 4
brew: immersion
customers: survey
starts: 3
optimizers: [adam, nesterov]
"""


@pytest.fixture
def study(tmp_path):
    """Makes a study from the text of a config beside base.yaml."""
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")

    def make(text=BASE, sets=(), sweeps=()):
        path = tmp_path / "own.yaml"
        path.write_text(text, encoding="utf-8")
        return load_study(path, sets, sweeps)

    return make


def refused(make, *arguments):
    with pytest.raises(ConfigFaults) as caught:
        list(make(*arguments))
    return str(caught.value)


class TestOverrides:
    def test_change_one_option_of_an_optimizer_written_as_a_word(self, study):
        first, second = study(BASE, ["optimizers.0.learning_rate=1e-1"]).first.optimizers
        assert first.options["learning_rate"] == 0.1
        assert first.options | {"learning_rate": 0} == {
            **loads(BASE).optimizers[0].options,
            "learning_rate": 0,
        }
        assert second == loads(BASE).optimizers[1]

    @pytest.mark.parametrize(
        ("setting", "written"),
        [
            ("seed=7", "seed: 7"),
            ("brew.water_g=200", "brew: {method: immersion, water_g: 200}"),
            ("brew.method=espresso", "brew: espresso"),
            ("brew=espresso", "brew: espresso"),
            ("starts.draw=random", "starts: {repeats: 3, draw: random}"),
            ("stop.max_evaluations=50", "stop: {max_evaluations: 50}"),
            ("noise.customers_per_cup=4", "noise: {customers_per_cup: 4}"),
            ("customers={milk: 1, black-mild: 1}", "customers: {milk: 1, black-mild: 1}"),
            (
                "tune.time_s=[60, 90]",
                "tune: {grind_um: [200, 1400], time_s: [60, 90], milk_g: [0, 150], sugar_g: [0, 20]}",
            ),
        ],
    )
    def test_mean_what_the_file_would_have_meant(self, study, setting, written):
        key = written.partition(":")[0]
        kept = [line for line in BASE.splitlines() if not line.startswith(f"{key}:")]
        assert study(BASE, [setting]).first == loads("\n".join([*kept, written]))

    def test_an_entry_of_a_list_that_only_the_defaults_hold_can_be_changed(self, study):
        changed = study("name: own\n", ["optimizers.1.learning_rate=0.125"]).first.optimizers
        usual = loads("name: own").optimizers
        assert changed[1].options == {**usual[1].options, "learning_rate": 0.125}
        assert [choice.method for choice in changed] == [choice.method for choice in usual]

    def test_one_end_of_the_bounds_of_a_knob_that_is_only_listed_can_be_changed(self, study):
        text = "name: own\ntune: [grind_um, time_s]\nfixed: {milk_g: 0, sugar_g: 0}\n"
        (usual, time), (changed, same) = (
            study(text, sets).first.tune.values() for sets in ([], ["tune.grind_um.low=300"])
        )
        assert (changed.low, changed.high) == (300, usual.high)
        assert same == time

    def test_can_change_one_end_of_a_pair(self, study):
        text = BASE + "tune: {grind_um: [300, 900], time_s: [30, 60]}\n"
        text += "fixed: {milk_g: 0, sugar_g: 0}\n"
        bounds = study(text, ["tune.grind_um.high=500"]).first.tune["grind_um"]
        assert (bounds.low, bounds.high) == (300, 500)

    def test_the_last_of_two_counts(self, study):
        assert study(BASE, ["seed=1", "seed=2"]).first.seed == 2

    @pytest.mark.parametrize(
        ("setting", "said"),
        [
            ("seed", "expected  key=value"),
            ("seed=-1", "out of range"),
            ("seed='3'", "remove the quotes"),
            ("optimizers.0.learnin_rate=1", "nearest   learning_rate"),
            ("optimizers.5.learning_rate=1", "a position from 0 to 1"),
            ("optimizers.adam.learning_rate=1", "optimizers has no such entry"),
            ("optimizers.adam=1", "a position from 0 to 1"),
            ("check.methods.9.tolerance=1", "a position from 0 to 2"),
            ("seed.deeper=1", "nothing below"),
            ("seed.deeper.still.0=1", "nothing below"),
            ("a..b=1", "not a key"),
            ("seed=!!python/object:os.system 1", "tags are not used here"),
            ("seed=[1", "not valid YAML"),
            ("seed=1\nname: x", "several lines"),
            ("nonsense=1", "unknown key"),
        ],
    )
    def test_that_are_wrong_are_refused_by_the_flag(self, study, setting, said):
        message = refused(study, BASE, [setting])
        assert f"--set {setting.splitlines()[0]}" in message
        assert said in message

    def test_a_key_deeper_than_any_is_refused(self, study):
        deep = "brew." * 3000 + "x"
        assert "a key of 3001 parts" in refused(study, BASE, [f"{deep}=1"])
        assert "a key of 3001 parts" in refused(study, BASE, [], [f"{deep}=1,2"])


class TestExtends:
    def test_takes_what_the_config_does_not_say_from_the_other(self, study):
        experiment = study("name: own\nextends: base.yaml\nseed: 9\n").first
        assert (experiment.name, experiment.seed) == ("own", 9)
        assert experiment.optimizers == loads(BASE).optimizers

    def test_joins_sections_key_by_key(self, study):
        experiment = study("name: own\nextends: base.yaml\nbrew: {water_g: 200}\n").first
        assert (experiment.brew.method, experiment.brew.water_g) == ("immersion", 200)

    def test_a_new_method_replaces_the_section(self, study):
        text = "name: own\nextends: base.yaml\nbrew: {method: espresso}\n"
        assert study(text).first.brew == loads("name: a\nbrew: espresso").brew

    @pytest.mark.parametrize(
        ("own", "kind", "threshold"),
        [("{threshold: 6}", "share-above", 6.0), ("{kind: share-above}", "share-above", None)],
    )
    def test_a_kind_named_anew_leaves_nothing_of_the_old_one(
        self, study, tmp_path, own, kind, threshold
    ):
        other = "name: other\nobjective: {kind: share-above, threshold: 8}\n"
        (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
        objective = study(f"name: own\nextends: other.yaml\nobjective: {own}\n").first.objective
        usual = loads("name: a\nobjective: {kind: share-above}").objective.threshold
        assert usual != 8
        assert (objective.kind, objective.threshold) == (kind, threshold or usual)

    def test_lists_and_customers_are_replaced_whole(self, study):
        text = "name: own\nextends: base.yaml\noptimizers: [adagrad]\ncustomers: {milk: 1}\n"
        experiment = study(text).first
        assert [choice.label for choice in experiment.optimizers] == ["adagrad"]
        assert dict(experiment.customers) == {"milk": 1.0}

    def test_goes_one_level_deep(self, study, tmp_path):
        (tmp_path / "deep.yaml").write_text("name: deep\nextends: base.yaml\n", encoding="utf-8")
        assert "one level deep" in refused(study, "name: own\nextends: deep.yaml\n")

    def test_a_fault_of_the_other_names_its_file_and_line(self, study, tmp_path):
        (tmp_path / "bad.yaml").write_text("name: bad\nseed: -2\n", encoding="utf-8")
        message = refused(study, "name: own\nextends: bad.yaml\n")
        assert f"{tmp_path / 'bad.yaml'}:2:7: seed: out of range" in message
        assert "2 | seed: -2" in message

    @pytest.mark.parametrize("name", ["3", '""', "[base.yaml]", ""])
    def test_what_is_no_file_s_name_is_refused(self, study, name):
        message = refused(study, f"name: own\nextends: {name}\n")
        assert "own.yaml:2:1: extends: not the name of a file" in message

    def test_a_missing_file_is_named_with_the_line_that_asks_for_it(self, study):
        message = refused(study, "name: own\nextends: bas.yaml\n")
        assert "own.yaml:2:1: extends" in message
        assert "base.yaml?" in message


class TestSweep:
    def test_a_mapping_crosses_its_keys(self, study):
        made = study(BASE + "sweep: {seed: [1, 2], customers: [milk, survey, everyday]}\n")
        assert made.points == 6
        varied = [tuple(point.varied.values()) for point in made]
        assert varied[:4] == [(1, "milk"), (1, "survey"), (1, "everyday"), (2, "milk")]
        assert made.point(3).experiment == loads(BASE.replace("survey", "milk").replace("4", "2"))

    def test_a_list_keeps_together_what_stands_together(self, study):
        text = "sweep:\n- {seed: [1, 2], starts.repeats: [5, 6]}\n- customers: [milk, survey]\n"
        made = study(BASE + text)
        seen = [(p.experiment.seed, p.experiment.starts.repeats) for p in made]
        assert seen == [(1, 5), (1, 5), (2, 6), (2, 6)]

    def test_log_and_linear_ranges_are_evenly_spaced(self, study):
        made = study(BASE, [], ["optimizers.0.learning_rate=log(1e-3, 1, 4)"])
        rates = [point.experiment.optimizers[0].options["learning_rate"] for point in made]
        assert rates == [0.001, 0.01, 0.1, 1.0]
        made = study(BASE + "sweep: {seed: 'linear(0, 10, 3)'}\n")
        assert [point.experiment.seed for point in made] == [0, 5, 10]

    def test_a_flag_replaces_the_axis_of_the_file(self, study):
        made = study(BASE + "sweep: {seed: [1, 2, 3]}\n", [], ["seed=8,9"])
        assert [point.experiment.seed for point in made] == [8, 9]

    def test_one_flag_can_move_two_keys_together(self, study):
        made = study(BASE, [], ["seed=1,2;starts.repeats=3,4"])
        assert [(p.experiment.seed, p.experiment.starts.repeats) for p in made] == [(1, 3), (2, 4)]

    def test_defaults_follow_what_varies(self, study):
        # With noise the tolerances are 0; without, they are not.
        made = study(BASE, [], ["noise={customers_per_cup: 3},null"])
        assert [p.experiment.stop.gradient_tolerance for p in made] == [0.0, 1e-6]

    @pytest.mark.parametrize(
        ("sweep", "said"),
        [
            ("seed=1,2;starts.repeats=3", "seed has 2, starts.repeats has 1"),
            ("seed=log(0, 1, 3)", "needs numbers above 0"),
            ("seed=log(1, 2)", "takes three numbers"),
            ("seed=", "no sweep"),
            ("seed=1,-1", "out of range"),
            ("check.tolerance=linear(-1.7e308,1.7e308,3)", "the range is too wide"),
            ("seed=linear(0, 1, 100001)", "a whole number from 1 to 100,000"),
            ("seed=linear(1,9,9);seed=linear(1,9,9)", "the same key twice"),
        ],
    )
    def test_that_is_wrong_is_refused_by_the_flag(self, study, sweep, said):
        message = refused(study, BASE, [], [sweep])
        assert f"--sweep {sweep}" in message
        assert said in message

    @pytest.mark.parametrize("sweep", ["7", "[]", "{seed: 7}", "[{}]", "{seed: []}", "{seed: hot}"])
    def test_that_is_wrong_in_the_file_is_refused_by_its_line(self, study, sweep):
        assert "own.yaml:7:" in refused(study, BASE + f"sweep: {sweep}\n")

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            ("seed=1,2", "seed=3,4", "replaces what the sweep sets as seed"),
            (
                "optimizers.0.learning_rate=0.1,0.2",
                "optimizers.0=adam,momentum",
                "replaces what the sweep sets as optimizers.0.learning_rate",
            ),
            ("starts=1,2", "starts.repeats=3,4", "replaces what the sweep sets as starts"),
        ],
    )
    def test_no_setting_of_it_may_replace_another(self, study, first, second, said):
        message = refused(study, BASE, [], [first, second])
        assert f"--sweep {second}" in message
        assert said in message

    def test_two_groups_of_a_file_may_not_vary_one_key(self, study):
        message = refused(study, BASE + "sweep: [{seed: [1, 2]}, {seed: [3, 4]}]\n")
        assert "seed: it replaces what the sweep sets as seed" in message

    def test_a_section_may_vary_before_what_lies_within_it(self, study):
        made = study(BASE, [], ["optimizers.0=adam,momentum", "optimizers.0.learning_rate=0.1,0.2"])
        told = [
            (c.method, c.options["learning_rate"])
            for c in (p.experiment.optimizers[0] for p in made)
        ]
        assert told == [("adam", 0.1), ("adam", 0.2), ("momentum", 0.1), ("momentum", 0.2)]

    def test_too_many_points_are_refused(self, study):
        sweeps = ["seed=linear(1,5000,5000)", "starts.repeats=linear(1,5000,5000)"]
        assert "25,000,000 points" in refused(study, BASE, [], sweeps)

    def test_the_settings_of_a_study_make_it_again(self, study):
        made = study(BASE, ["brew.water_g=200"], ["noise={customers_per_cup: 3},null", "seed=1,2"])
        again = study_from(made.settings())
        hashes = [point.config_hash for point in made]
        assert [point.config_hash for point in again] == hashes
        assert len(set(hashes)) == 4

    def test_other_verbs_see_the_experiment_without_its_sweep(self, study, tmp_path):
        study(BASE + "sweep: {seed: [1, 2]}\n")
        assert load(tmp_path / "own.yaml") == loads(BASE)


class TestOrigins:
    def test_name_file_and_line_flag_or_default(self, study, tmp_path):
        made = study("name: own\nextends: base.yaml\nseed: 9\n", ["optimizers.0.learning_rate=.1"])
        own, base = tmp_path / "own.yaml", tmp_path / "base.yaml"
        for path, expected in {
            ("seed",): f"{own}:3",
            ("brew", "method"): f"{base}:3",
            ("brew", "water_g"): "default",
            ("customers", "milk"): f"{base}:4",
            ("starts", "repeats"): f"{base}:5",
            ("starts", "draw"): "default",
            ("optimizers", 0, "learning_rate"): "--set optimizers.0.learning_rate=.1",
            ("optimizers", 0, "beta1"): "default",
            ("optimizers", 1, "method"): f"{base}:6",
            ("stop", "max_evaluations"): "default",
        }.items():
            assert origin(made.document, path) == expected, path

    @pytest.mark.parametrize(
        ("line", "path"),
        [("brew:", ("brew", "method")), ("starts:", ("starts", "repeats"))],
    )
    def test_a_section_left_empty_has_its_settings_from_nowhere(self, study, line, path):
        assert origin(study(f"name: own\n{line}\n").document, path) == "default"

    def test_the_annotated_config_is_a_config_itself(self, study):
        made = study(BASE, ["tune.time_s=[60, 90]"], ["seed=3,5"])
        text = annotated(made)
        assert loads(text) == made.first
        assert "seed: 3" in text.replace("  ", " ")
        assert "# sweep\n" in text


def test_a_sweep_is_stored_with_what_a_file_of_presets_says_and_without_its_name(tmp_path):
    presets = Path(simulator.__file__).parent / "coffee" / "presets" / "beans"
    bean, config = tmp_path / "sidamo.yaml", tmp_path / "cup.yaml"
    bean.write_text((presets / "light.yaml").read_text("utf-8"), encoding="utf-8")
    config.write_text("name: cup\nbean: sidamo.yaml\nsweep: {seed: [1, 2]}\n", encoding="utf-8")
    light = load_study(config)
    stored = light.settings()
    assert study_from(stored, "elsewhere").first == light.first
    bean.write_text((presets / "dark.yaml").read_text("utf-8"), encoding="utf-8")
    assert load_study(config).settings() != stored


def test_a_fault_of_stored_settings_names_where_they_are_stored_and_no_line():
    with pytest.raises(ConfigFaults) as told:
        _ = study_from({"name": "cup", "seed": -1}, "out/config.yaml").first
    (fault,) = told.value.faults
    assert (fault.file, fault.line, fault.column) == ("out/config.yaml", None, None)
    assert str(told.value).splitlines()[2] == "out/config.yaml: seed: out of range"
