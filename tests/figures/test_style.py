"""One look per optimizer, told apart by anyone; the rest of the program keeps its own settings."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from simulator.figures import looks, quantity
from simulator.figures.style import COLOURS, in_style, look_of, shown
from simulator.optimizers import METHODS

# Machado, Oliveira & Fernandes 2009, table 1, severity 1: what people with each kind of colour blindness see.
MACHADO = {
    "protanopia": (
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ),
    "deuteranopia": (
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ),
    "tritanopia": (
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ),
    "full colour vision": ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]),
}


def _lab(linear: np.ndarray) -> np.ndarray:
    """CIELAB of linear sRGB under D65 (IEC 61966-2-1, CIE 1976)."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(linear, 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", MACHADO)
def test_the_first_seven_colours_differ_for_every_kind_of_colour_vision(vision: str):
    colours = [np.array(to_rgb(colour)) for colour in COLOURS]
    linear = [np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in colours]
    seen = [_lab(np.array(MACHADO[vision]) @ colour) for colour in linear]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 8.0


def test_no_two_of_84_looks_are_the_same():
    found = looks(str(number) for number in range(84)).values()
    assert len({(look.colour, str(look.line), look.marker) for look in found}) == 84


def test_of_the_twelve_usual_optimizers_no_two_share_a_marker_and_none_a_colour_with_its_line(
    methods,
):
    found = list(looks(methods).values())
    assert len({(look.colour, str(look.line), look.marker) for look in found}) == 12
    usual = list(looks(methods[:7]).values())
    assert len({look.colour for look in usual}) == 7


def test_every_optimizer_of_ours_and_of_scipys_has_a_look_of_its_own():
    found = [look_of(name) for name in METHODS]
    assert len({(look.colour, str(look.line), look.marker) for look in found}) == len(METHODS)


def test_a_colour_follows_from_the_name_alone():
    alone = {name: look_of(name).colour for name in ["adam", "bold", "my method", "Ωmega"]}
    for company in (["powell", "bfgs"], [str(number) for number in range(60)]):
        together = looks([*company, *reversed(alone)])
        assert {name: together[name].colour for name in alone} == alone


def test_known_optimizers_keep_their_whole_look_in_any_company():
    together = looks([*(str(number) for number in range(60)), "adam", "slsqp"])
    assert (together["adam"], together["slsqp"]) == (look_of("adam"), look_of("slsqp"))


def test_looks_come_in_the_order_of_the_labels_each_once():
    assert list(looks(["powell", "adam", "powell"])) == ["powell", "adam"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("grind_um", "grind size (µm)"),
        ("milk_g", "milk (g)"),
        ("temperature_c", "water temperature (°C)"),
        ("extraction_yield_pct", "extraction yield (%)"),
        ("stir_depth_um", "stir depth (µm)"),
        ("score", "score"),
        ("s", "s"),
    ],
)
def test_quantities_carry_words_and_unit(name: str, text: str):
    assert quantity(name) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("adam", "adam"),
        ("two\nlines\x00", "two lines"),
        ("_hidden", " _hidden"),
        ("x" * 31, "x" * 29 + "…"),
        ("right\u202eleft", "right left"),
        ("$\\frac$", "$\\frac$"),
    ],
)
def test_labels_of_users_are_shown_on_one_line(text: str, seen: str):
    assert shown(text) == seen


def test_settings_hold_inside_the_block_only():
    before = dict(mpl.rcParams)
    with in_style():
        assert mpl.rcParams["svg.fonttype"] == "none"
        assert mpl.rcParams["text.parse_math"] is False
    assert dict(mpl.rcParams) == before


def test_settings_of_the_user_do_not_reach_the_figures():
    with mpl.rc_context({"lines.linewidth": 9.0, "axes.facecolor": "pink"}), in_style():
        assert mpl.rcParams["lines.linewidth"] != 9.0
        assert mpl.rcParams["axes.facecolor"] == "white"


def test_figures_never_touch_pyplot():
    program = "import sys, simulator.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
