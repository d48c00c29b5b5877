"""Optimizers from other packages: found, loaded late, named when broken, never mistaken."""

from __future__ import annotations

import sys

import pytest

from simulator.errors import PluginError
from simulator.optimizers import METHODS, source, sources
from simulator.optimizers.plugins import ADAPTERS


def test_every_method_of_the_project_is_found_by_its_name():
    assert {name: source(name).load() for name in METHODS} == dict(METHODS)


def test_every_adapter_can_be_listed_without_its_library():
    assert [source(name).load().family for name in ADAPTERS] == [
        "optax", "torch", "nlopt", "cma", "optimagic",
    ]  # fmt: skip


def test_a_plugin_is_found_by_its_short_and_its_full_name(install_plugin, sign_rule):
    install_plugin("sign-descent", {"sign": "sign_a:Sign"}, "sign_a", sign_rule)
    assert source("sign").load().__name__ == "Sign"
    assert source("sign-descent/sign").name == source("sign").name == "sign"
    assert (source("sign").origin, source("sign").version) == ("sign-descent", "sign-descent 1.2")


def test_a_plugin_is_imported_only_when_it_is_asked_for(install_plugin, sign_rule):
    install_plugin("sign-descent", {"sign": "sign_b:Sign"}, "sign_b", sign_rule)
    assert "sign" in [found.name for found in sources()]
    assert "sign_b" not in sys.modules
    source("sign").load()
    assert "sign_b" in sys.modules


def test_a_broken_plugin_is_named_and_hides_no_other(install_plugin, sign_rule):
    install_plugin("sign-descent", {"sign": "sign_c:Sign"}, "sign_c", sign_rule)
    install_plugin("broken", {"bad": "bad_c:Bad"}, "bad_c", "raise RuntimeError('no licence')")
    assert {"sign", "bad", *METHODS} <= {found.name for found in sources()}
    assert source("sign").load().family == "sign"
    with pytest.raises(PluginError, match=r"broken/bad: bad_c:Bad.*RuntimeError: no licence"):
        source("bad").load()


def test_a_missing_module_is_named(install_plugin, sign_rule):
    install_plugin("broken", {"bad": "nowhere_at_all:Bad"})
    with pytest.raises(PluginError, match=r"broken/bad.*ModuleNotFoundError"):
        source("bad").load()


def test_a_plugin_cannot_take_a_name_of_the_project(install_plugin, sign_rule):
    install_plugin("impostor", {"adam": "sign_d:Sign"}, "sign_d", sign_rule)
    assert source("adam").load() is METHODS["adam"]
    assert source("impostor/adam").load().__name__ == "Sign"
    assert "impostor/adam" in [found.name for found in sources()]


def test_a_name_that_two_packages_offer_needs_its_full_form(install_plugin, sign_rule):
    install_plugin("first", {"sign": "sign_e:Sign"}, "sign_e", sign_rule)
    install_plugin("second", {"sign": "sign_f:Sign"}, "sign_f", sign_rule)
    with pytest.raises(PluginError, match="write first/sign or second/sign"):
        source("sign")
    assert source("second/sign").load().__module__ == "sign_f"


def test_what_is_no_method_is_refused_with_all_its_faults(install_plugin, sign_rule):
    install_plugin("odd", {"odd": "sign_g:NoMethod"}, "sign_g", sign_rule)
    with pytest.raises(PluginError) as error:
        source("odd").load()
    for fault in ("family", "uses must be one of", "no minimize"):
        assert fault in str(error.value)


def test_what_is_no_dataclass_is_refused(install_plugin, sign_rule):
    install_plugin("odd", {"odd": "sign_h:plain"}, "sign_h", "def plain(): pass\n")
    with pytest.raises(PluginError, match=r"not a class; it is not a frozen dataclass"):
        source("odd").load()


def test_a_name_that_no_config_could_write_is_refused(install_plugin, sign_rule):
    install_plugin("odd", {"a b": "sign_i:Sign"}, "sign_i", sign_rule)
    assert "'a b'" in [found.name for found in sources()]
    with pytest.raises(PluginError, match="letters, digits"):
        source("'a b'").load()


def test_an_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        source("no-such-method")
