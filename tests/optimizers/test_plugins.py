"""Optimizers from other packages: found, loaded late, named when broken, never mistaken."""

from __future__ import annotations

import sys

import pytest

from simulator.errors import PluginError
from simulator.optimizers import METHODS, source, sources
from simulator.optimizers.plugins import ADAPTERS

GOOD = """\
from dataclasses import dataclass
from typing import ClassVar
from simulator.optimizers import descend

@dataclass(frozen=True)
class Sign:
    length: float = 0.1
    family: ClassVar[str] = "sign"
    uses: ClassVar[str] = "gradient"

    def minimize(self, objective, box, starts, stopping, seeds):
        return descend(self, objective, box, starts, stopping, seeds)

class NoDataclass(Sign):
    family = "scipy"
    uses = "everything"
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a distribution with entry points, and a module of its own, on the path."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(distribution, entries, module="", text=""):
        folder = tmp_path / f"{distribution.replace('-', '_')}-1.2.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Name: {distribution}\nVersion: 1.2\n")
        lines = [f"{name} = {target}" for name, target in entries.items()]
        (folder / "entry_points.txt").write_text("\n".join(["[simulator.optimizers]", *lines]))
        if module:
            (tmp_path / f"{module}.py").write_text(text)
            monkeypatch.delitem(sys.modules, module, raising=False)

    return put


def test_every_method_of_the_project_is_found_by_its_name():
    assert {name: source(name).load() for name in METHODS} == dict(METHODS)


def test_every_adapter_can_be_listed_without_its_library():
    assert [source(name).load().family for name in ADAPTERS] == [
        "optax", "torch", "nlopt", "cma", "optimagic",
    ]  # fmt: skip


def test_a_plugin_is_found_by_its_short_and_its_full_name(install):
    install("sign-descent", {"sign": "sign_a:Sign"}, "sign_a", GOOD)
    assert source("sign").load().__name__ == "Sign"
    assert source("sign-descent/sign").name == source("sign").name == "sign"
    assert (source("sign").origin, source("sign").version) == ("sign-descent", "sign-descent 1.2")


def test_a_plugin_is_imported_only_when_it_is_asked_for(install):
    install("sign-descent", {"sign": "sign_b:Sign"}, "sign_b", GOOD)
    assert "sign" in [found.name for found in sources()]
    assert "sign_b" not in sys.modules
    source("sign").load()
    assert "sign_b" in sys.modules


def test_a_broken_plugin_is_named_and_hides_no_other(install):
    install("sign-descent", {"sign": "sign_c:Sign"}, "sign_c", GOOD)
    install("broken", {"bad": "bad_c:Bad"}, "bad_c", "raise RuntimeError('no licence')")
    assert {"sign", "bad", *METHODS} <= {found.name for found in sources()}
    assert source("sign").load().family == "sign"
    with pytest.raises(PluginError, match=r"broken/bad: bad_c:Bad.*RuntimeError: no licence"):
        source("bad").load()


def test_a_missing_module_is_named(install):
    install("broken", {"bad": "nowhere_at_all:Bad"})
    with pytest.raises(PluginError, match=r"broken/bad.*ModuleNotFoundError"):
        source("bad").load()


def test_a_plugin_cannot_take_a_name_of_the_project(install):
    install("impostor", {"adam": "sign_d:Sign"}, "sign_d", GOOD)
    assert source("adam").load() is METHODS["adam"]
    assert source("impostor/adam").load().__name__ == "Sign"
    assert "impostor/adam" in [found.name for found in sources()]


def test_a_name_that_two_packages_offer_needs_its_full_form(install):
    install("first", {"sign": "sign_e:Sign"}, "sign_e", GOOD)
    install("second", {"sign": "sign_f:Sign"}, "sign_f", GOOD)
    with pytest.raises(PluginError, match="write first/sign or second/sign"):
        source("sign")
    assert source("second/sign").load().__module__ == "sign_f"


def test_what_is_no_method_is_refused_with_all_its_faults(install):
    install("odd", {"odd": "sign_g:NoDataclass"}, "sign_g", GOOD + "NoDataclass.minimize = None\n")
    with pytest.raises(PluginError) as error:
        source("odd").load()
    for fault in ("family", "uses must be one of", "no minimize"):
        assert fault in str(error.value)


def test_what_is_no_dataclass_is_refused(install):
    install("odd", {"odd": "sign_h:plain"}, "sign_h", "def plain(): pass\n")
    with pytest.raises(PluginError, match=r"not a class; it is not a frozen dataclass"):
        source("odd").load()


def test_a_name_that_no_config_could_write_is_refused(install):
    install("odd", {"a b": "sign_i:Sign"}, "sign_i", GOOD)
    assert "'a b'" in [found.name for found in sources()]
    with pytest.raises(PluginError, match="letters, digits"):
        source("'a b'").load()


def test_an_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        source("no-such-method")
