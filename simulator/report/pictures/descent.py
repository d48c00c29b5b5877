"""The descent as a race: every optimizer from the first start, moving."""

from __future__ import annotations

from simulator.figures import Race, Runner, draw_race
from simulator.report.pictures import walks
from simulator.report.pictures.material import Material


def race(material: Material) -> Race:
    """The landscape and the control chart, with all ways from the first start growing on them."""
    best = material.recommended().recipe
    return draw_race(
        walks.landscape_of(material),
        [
            Runner(walks.recipe_path(run, trace), walks.cup_path(material.problem, run, trace))
            for run, trace in material.first
        ],
        best=(best["grind_um"], best["time_s"]),
        ideal=walks.ideal_of(material.problem),
        look=material.look,
        title=material.words.first_start.format(name=material.name),
        words=material.words,
    )
