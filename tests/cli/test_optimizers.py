"""``simulator optimizers``: the list, the options of one, and the conformance test."""

import json

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
