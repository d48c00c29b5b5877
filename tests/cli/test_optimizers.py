"""``simulator optimizers``: the list, the options of one, and the conformance test."""

import json
import re

import pytest

from simulator.optimizers import METHODS


def test_every_method_is_listed_with_its_family(simulator):
    said = simulator("optimizers", "--json")
    rows = {row["name"]: row for row in json.loads(said.out)["optimizers"]}
    assert said.status == 0
    assert {name: rows[name]["family"] for name in METHODS} == {
        name: kind.family for name, kind in METHODS.items()
    }
    assert all(row["about"] for row in rows.values())


def test_every_option_of_every_method_is_described(simulator):
    rows = json.loads(simulator("optimizers", "--json").out)["optimizers"]
    assert [o["name"] for row in rows for o in row["options"] if not o["about"]] == []


def test_the_table_names_them_too(simulator):
    out = simulator("optimizers").out
    assert all(name in out for name in METHODS)


def test_one_optimizer_shows_its_options_with_their_ranges(simulator):
    out = simulator("optimizers", "adam").out
    assert "Kingma & Ba 2015" in out
    assert "beta1" in out
    assert "in [0, 1)" in out


def test_a_plugin_is_listed_with_its_package_and_a_broken_one_with_its_fault(
    simulator, install_plugin, sign_rule
):
    install_plugin("sign-descent", {"sign": "sign_k:Sign"}, "sign_k", sign_rule)
    install_plugin("broken", {"bad": "bad_k:Bad"}, "bad_k", "raise RuntimeError('no licence')")
    rows = json.loads(simulator("optimizers", "--json").out)["optimizers"]
    by_name = {row["name"]: row for row in rows}
    assert by_name["sign"]["origin"] == "sign-descent"
    assert by_name["sign"]["options"][0]["about"] == "How long the first step is, in (0, 1)."
    assert "RuntimeError: no licence" in by_name["bad"]["unavailable"]
    assert len(rows) == len(METHODS) + 5 + 2


def test_an_unknown_name_gets_the_nearest(simulator):
    said = simulator("optimizers", "adm")
    assert (said.status, "nearest is adam" in said.err) == (2, True)


def test_the_conformance_test_passes_for_one_of_ours(simulator):
    said = simulator("optimizers", "slsqp", "--check")
    assert (said.status, "11 of 11 promises kept" in said.out) == (0, True)


def test_the_conformance_test_fails_a_plugin_that_breaks_a_promise(
    simulator, install_plugin, sign_rule
):
    lies = """
from simulator.optimizers import StopReason
from dataclasses import replace
class Lies(Sign):
    def minimize(self, *given):
        outcomes = super().minimize(*given)
        return [replace(o, status=StopReason.CONVERGED_GRADIENT) for o in outcomes]
"""
    install_plugin("sign-descent", {"lies": "lies_k:Lies"}, "lies_k", sign_rule + lies)
    said = simulator("optimizers", "lies", "--check")
    assert said.status == 1
    assert "BROKEN honesty" in said.out


def test_a_check_needs_a_name(simulator):
    said = simulator("optimizers", "--check")
    assert (said.status, "needs the name" in said.err) == (2, True)


def test_the_schema_describes_plugins(simulator, install_plugin, sign_rule):
    install_plugin("sign-descent", {"sign": "sign_m:Sign"}, "sign_m", sign_rule)
    install_plugin("broken", {"bad": "bad_m:Bad"}, "bad_m", "1 / 0")
    schema = json.loads(simulator("schema").out)
    titles = {
        item["title"]: item
        for item in schema["properties"]["optimizers"]["items"]["anyOf"]
        if "title" in item
    }
    assert "length" in titles["sign"]["properties"]
    assert "cannot be loaded" in titles["bad"]["properties"]["method"]["description"]


ODD = """
from dataclasses import field
@dataclass(frozen=True)
class Odd(Sign):
    \"\"\"Needs what is not there.\"\"\"
    library: ClassVar[str] = "a_library_that_nobody_has"
    rates: dict = field(default_factory=lambda: {"first": 0.5, "then": None})
    \"\"\"How fast, by stage.\"\"\"
    limit: float | None = None
@dataclass(frozen=True)
class Needy(Sign):
    depth: int = field(kw_only=True)
@dataclass(frozen=True)
class Bare:
    \"\"\"Nothing can be set.\"\"\"
    family: ClassVar[str] = "bare"
    uses: ClassVar[str] = "value"
    def minimize(self, *given):
        return []
"""


@pytest.fixture
def odd(install_plugin, sign_rule):
    """Optimizers whose library is missing, with an option that is needed, with none, and a broken one."""
    names = {"odd": "odd_k:Odd", "needy": "odd_k:Needy", "bare": "odd_k:Bare"}
    install_plugin("odd-ones", names, "odd_k", sign_rule + ODD)
    install_plugin("broken", {"bad": "bad_o:Bad"}, "bad_o", "raise RuntimeError('no licence')")


def test_one_optimizer_is_told_to_programs_with_its_defaults(simulator, odd):
    row = json.loads(simulator("optimizers", "odd", "--json").out)
    defaults = {option["name"]: option["default"] for option in row["options"]}
    assert defaults == {"length": 0.1, "rates": {"first": 0.5, "then": None}, "limit": None}
    assert row["origin"] == "odd-ones 1.2"
    assert "a_library_that_nobody_has is not installed" in row["unavailable"]


def test_defaults_are_words_in_the_table(simulator, odd):
    out = simulator("optimizers", "odd").out
    assert "It cannot be used here: a_library_that_nobody_has" in out
    assert "first: 0.5, then: none" in out
    assert re.search(r"limit +none", out)


def test_an_optimizer_without_options_has_no_table_of_them(simulator, odd):
    said = simulator("optimizers", "bare")
    assert (said.status, "Nothing can be set." in said.out) == (0, True)
    assert "default" not in said.out


def test_a_broken_optimizer_is_shown_with_its_fault_alone(simulator, odd):
    said = simulator("optimizers", "bad")
    assert said.status == 0
    assert "It cannot be used here: " in said.out
    assert "no licence" in said.out
    assert "family" not in said.out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("odd", "a_library_that_nobody_has is not installed"),
        ("needy", "it needs options without a default"),
        ("bad", "no licence"),
    ],
)
def test_what_cannot_be_tried_is_refused_by_the_check(simulator, odd, name, message):
    said = simulator("optimizers", name, "--check")
    assert said.status == 2
    assert message in said.err


def test_a_check_names_the_broken_promises_to_programs(simulator, install_plugin, sign_rule):
    lies = """
class Lazy(Sign):
    def minimize(self, *given):
        return []
"""
    install_plugin("sign-descent", {"lazy": "lazy_k:Lazy"}, "lazy_k", sign_rule + lies)
    said = simulator("optimizers", "lazy", "--check", "--json")
    told = json.loads(said.out)
    assert (said.status, told["optimizer"], told["passed"]) == (1, "lazy", False)
    assert any(told["faults"].values())
