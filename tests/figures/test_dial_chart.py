"""The dial chart: panels on one scale, the cup with its arrow, and the lines of the plane."""

import numpy as np
import pytest

from simulator.figures import DialChart, DialPanel, DialWords, draw_dial_chart


@pytest.fixture
def chart():
    """``chart(panels)``: a made-up chart with so many segments."""

    def make(panels=4):
        ey, dose = np.meshgrid(np.linspace(10, 24, 20), np.linspace(10, 30, 15), indexing="ij")
        tds = ey * dose / 250
        grind, time = np.geomspace(200, 1400, 30), np.geomspace(20, 600, 25)
        return DialChart(
            ey,
            tds,
            [DialPanel(f"segment {i}", 6 - (tds - 1 - 0.1 * i) ** 2) for i in range(panels)],
            (20.0, 1.2),
            (19.0, 1.14),
            grind,
            time,
            5 - np.log(grind[None, :] / 500) ** 2 - np.log(time[:, None] / 200) ** 2,
            (892.0, 240.0),
            (950.0, 220.0),
            200 + time,
            210 + time,
        )

    return make


@pytest.mark.parametrize("panels", [1, 2, 3, 4, 5])
def test_each_segment_has_a_panel_and_the_plane_stands_beside(chart, panels):
    figure = draw_dial_chart(chart(panels))
    titles = [ax.get_title(loc="left") for ax in figure.findobj(match=_is_axes) if ax.get_visible()]
    assert [title for title in titles if title.startswith("segment")] == [
        f"segment {i}" for i in range(panels)
    ]
    assert "grind and time" in titles


def test_the_cup_is_marked_in_every_panel_and_in_the_plane(chart, lines):
    figure = draw_dial_chart(chart(2))
    marks = [lines(ax, "cup") for ax in figure.findobj(match=_is_axes)]
    assert [mark for found in marks for mark in found] == [
        [[20.0], [1.2]], [[20.0], [1.2]], [[892.0], [240.0]],
    ]  # fmt: skip


def test_the_lines_of_the_plane_are_those_given(chart, lines):
    given = chart(1)
    (plane,) = [
        ax
        for ax in draw_dial_chart(given).findobj(match=_is_axes)
        if ax.get_xlabel() == "grind size (µm)"
    ]
    assert lines(plane, "valley") == [[given.equal_extraction_um.tolist(), given.time_s.tolist()]]
    assert lines(plane, "equal taste") == [[given.equal_taste_um.tolist(), given.time_s.tolist()]]
    assert plane.get_xscale() == plane.get_yscale() == "log"


def test_all_panels_share_one_scale_of_colours(chart):
    figure = draw_dial_chart(chart(4))
    panels = [
        ax for ax in figure.findobj(match=_is_axes) if ax.get_title(loc="left")[:7] == "segment"
    ]
    limits = {ax.collections[0].get_clim() for ax in panels}
    assert len(limits) == 1


def test_every_text_can_be_given(chart):
    words = DialWords(title="T", extraction="E", tds="D", grind="G", time="Z", plane="P", cup="C")
    figure = draw_dial_chart(chart(1), words=words)
    axes = figure.findobj(match=_is_axes)
    labels = {ax.get_xlabel() for ax in axes} | {ax.get_ylabel() for ax in axes}
    assert {"E", "D", "G", "Z"} <= labels
    assert figure.legends[0].get_texts()[0].get_text() == "C"


@pytest.mark.parametrize("panels", [1, 4])
def test_no_texts_of_axes_collide(chart, collisions, panels):
    found = collisions(draw_dial_chart(chart(panels), words=DialWords(title="a cup on the dial")))
    # Labels of contours may stand on their lines, and nowhere else.
    assert [pair for pair in found if not all(_is_number(text) for text in pair)] == []


@pytest.mark.parametrize(("pushed", "arrows"), [((19.0, 1.14), 1), ((20.001, 1.2), 0)])
def test_a_cup_that_the_gradient_hardly_moves_has_no_arrow(chart, pushed, arrows):
    given = chart(1)
    figure = draw_dial_chart(DialChart(**{**given.__dict__, "pushed": pushed}))
    (panel,) = [
        ax for ax in figure.findobj(match=_is_axes) if ax.get_title(loc="left") == "segment 0"
    ]
    assert len([text for text in panel.texts if getattr(text, "arrow_patch", None)]) == arrows


def test_a_plane_without_any_slope_can_be_drawn(chart):
    given = chart(1)
    flat = DialChart(**{**given.__dict__, "plane": np.full_like(given.plane, 5.0)})
    draw_dial_chart(flat).draw_without_rendering()


def _is_axes(artist):
    from matplotlib.axes import Axes

    return isinstance(artist, Axes)


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
