"""Figures as files: both formats, the same bytes every time, text as text."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from simulator.errors import ResultsError
from simulator.figures import ConvergenceSeries, CupPath, draw_control_chart, draw_convergence, save

SVG = "{http://www.w3.org/2000/svg}"


def _texts(path: Path) -> list[str]:
    return ["".join(node.itertext()) for node in ET.parse(path).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """A chart of one cup in both formats, in a folder that was not there."""
    return save(_chart(), tmp_path_factory.mktemp("saved") / "new" / "figures", "control-chart")


def _chart() -> Figure:
    return draw_control_chart([CupPath("<adam> & co", [24.0, 20.0], [1.5, 1.25])])


def test_a_figure_becomes_a_png_and_an_svg(saved: tuple[Path, ...]):
    assert [path.name for path in saved] == ["control-chart.png", "control-chart.svg"]
    width, height = (_chart().get_size_inches() * 200).round().astype(int)
    assert imread(saved[0]).shape[:2] == (height, width)


def test_the_text_of_an_svg_is_text(saved: tuple[Path, ...]):
    words = {"extraction yield (%)", "under-extracted", "ideal", "<adam> & co"}
    assert words <= set(_texts(saved[1]))


def test_an_svg_falls_back_to_any_font_without_serifs(saved: tuple[Path, ...]):
    styles = {node.get("style", "") for node in ET.parse(saved[1]).iter(f"{SVG}text")}
    assert all("DejaVu Sans" in style and "sans-serif" in style for style in styles)


def test_the_same_data_give_the_same_bytes(saved: tuple[Path, ...], tmp_path: Path):
    for path in save(_chart(), tmp_path, "again"):
        (first,) = [one for one in saved if one.suffix == path.suffix]
        assert path.read_bytes() == first.read_bytes()


_ELSEWHERE = """
import sys
from pathlib import Path
from simulator.figures import ConvergenceSeries, draw_convergence, save
series = ConvergenceSeries("adam", [1, 2, 3], [1.0, 0.1, 0.0], [0.5, 0.1, 0.0], [2.0, 0.2, 0.0], 5)
save(draw_convergence([series]), Path(sys.argv[1]), "convergence")
"""


def test_another_process_writes_the_same_bytes(tmp_path: Path):
    subprocess.run([sys.executable, "-c", _ELSEWHERE, tmp_path / "other"], check=True)
    series = ConvergenceSeries(
        "adam", [1, 2, 3], [1.0, 0.1, 0.0], [0.5, 0.1, 0.0], [2.0, 0.2, 0.0], 5
    )
    for path in save(draw_convergence([series]), tmp_path / "one", "convergence"):
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


def test_a_file_says_neither_when_nor_by_which_version_it_was_made(saved: tuple[Path, ...]):
    png, svg = (path.read_bytes() for path in saved)
    assert b"Software" not in png
    assert b"dc:date" not in svg
    assert b"matplotlib.org" not in svg


def test_a_character_that_no_font_has_is_no_reason_to_complain(tmp_path: Path):
    save(draw_control_chart([CupPath("\U00013000 咖啡", [24.0], [1.5])]), tmp_path, "chart")


def test_one_format_alone_can_be_asked_for(tmp_path: Path):
    assert [
        path.name for path in save(draw_control_chart([]), tmp_path, "c", formats=("svg",))
    ] == ["c.svg"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="the figure cannot be written"):
        save(draw_control_chart([]), tmp_path / "file" / "figures", "chart")
