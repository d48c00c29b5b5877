"""The race: equal evaluations for all at each frame, ways that grow to their ends, a GIF that moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from simulator.errors import ResultsError
from simulator.figures import (
    CupPath,
    Landscape,
    RecipePath,
    Runner,
    draw_race,
    save_race,
)

GRIND, TIME = np.geomspace(200, 1400, 20), np.geomspace(20, 600, 15)
PLANE = Landscape(
    GRIND, TIME, 7 - np.log(GRIND / 700) ** 2 - np.log(TIME[:, None] / 120) ** 2, held="milk 0 g"
)


def runner(label: str, steps: int) -> Runner:
    evaluations = np.arange(1, steps + 1)
    grind, time = np.geomspace(300, 700, steps), np.geomspace(400, 120, steps)
    cups = np.linspace(24, 20, steps)
    return Runner(
        RecipePath(label, evaluations, {"grind_um": grind, "time_s": time}),
        CupPath(label, cups, cups / 16),
    )


RUNNERS = [runner("adam", 40), runner("momentum", 10)]


def ways(ax: Any) -> list[Any]:
    """The ways of the runners, in order: lines that are no markers, no stars and no grid of the chart."""
    return [
        line for line in ax.get_lines() if line.get_linestyle() != "None" and line.get_zorder() == 4
    ]


def test_at_each_frame_all_have_spent_equally_many_evaluations():
    race = draw_race(PLANE, RUNNERS, best=(700.0, 120.0))
    plane, chart = race.figure.axes[:2]
    assert race.evaluations[[0, -1]].tolist() == [1, 40]
    assert (np.diff(race.evaluations) > 0).all()
    for frame in (0, 12, race.evaluations.size - 1):
        race.show(frame)
        spent = int(race.evaluations[frame])
        assert [line.get_xdata().size for line in ways(plane)] == [spent, min(spent, 10)]
        assert [line.get_xdata().size for line in ways(chart)] == [spent, min(spent, 10)]
        assert chart.get_title(loc="right") == f"{spent} evaluations"


def test_the_last_frame_shows_whole_ways_in_their_looks():
    race = draw_race(PLANE, RUNNERS)
    for line, each in zip(ways(race.figure.axes[0]), RUNNERS, strict=True):
        assert line.get_xdata().tolist() == each.recipe.recipe["grind_um"].tolist()
        assert line.get_ydata().tolist() == each.recipe.recipe["time_s"].tolist()


def test_axes_carry_units_and_the_bounds_of_the_plane():
    plane, chart = draw_race(PLANE, RUNNERS).figure.axes[:2]
    assert (plane.get_xlim(), plane.get_ylim()) == ((200, 1400), (20, 600))
    assert (plane.get_xlabel(), plane.get_ylabel()) == ("grind size (µm)", "brew time (s)")
    assert chart.get_xlabel() == "extraction yield (%)"
    assert chart.get_ylabel() == "total dissolved solids (%)"


def test_the_file_has_a_picture_per_frame_and_they_differ(tmp_path: Any):
    race = draw_race(PLANE, RUNNERS)
    with Image.open(save_race(race, tmp_path, "descent")) as film:
        # The end stands still, and equal pictures in a row are stored as one.
        assert film.n_frames == race.evaluations.size
        assert film.info["loop"] == 0
        film.seek(0)
        first = np.asarray(film.convert("RGB"), dtype=int)
        film.seek(film.n_frames - 1)
        assert np.abs(np.asarray(film.convert("RGB"), dtype=int) - first).max() > 50


def test_a_file_that_cannot_be_written_is_told_plainly(tmp_path: Any):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written"):
        save_race(draw_race(PLANE, RUNNERS), tmp_path / "file", "descent")
