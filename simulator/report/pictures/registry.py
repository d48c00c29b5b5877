"""Every picture by its name: what it needs, and what draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from simulator.errors import InputError
from simulator.figures import FORMATS, Race, save, save_race
from simulator.report.pictures import crowd, descent, graph, rates, sections, spoken, walks
from simulator.report.pictures.material import Material

Draw = Callable[[Material], Figure]
Move = Callable[[Material], Race]
Facts = Callable[[Material], dict[str, str]]
"""The numbers that a picture's alternative text, the message ``alt...``, gives."""
Lacks = Callable[[Material], str]
"""Why a picture cannot be drawn: the last part of a message ``lacks...``; empty if it can be."""


@dataclass(frozen=True)
class Picture:
    """A picture that an experiment can have."""

    draw: Draw
    lacks: Lacks
    facts: Facts
    is_usual: bool = False
    """Every run draws it at its end."""
    in_report: bool = True
    """It has room on a page."""
    formats: tuple[str, ...] = FORMATS

    def save(self, material: Material, folder: Path, name: str) -> tuple[Path, ...]:
        """Draw it into a folder; return the files."""
        return save(self.draw(material), folder, name, self.formats)


@dataclass(frozen=True)
class Animation:
    """A picture that moves."""

    draw: Move
    lacks: Lacks
    is_usual: bool = False
    in_report: bool = False

    def save(self, material: Material, folder: Path, name: str) -> tuple[Path, ...]:
        """Draw it into a folder; return the files."""
        return (save_race(self.draw(material), folder, name),)


def _nothing(material: Material) -> str:
    return ""


def _no_coffee(material: Material) -> str:
    return "" if material.problem.is_coffee else "coffee"


def _no_grind_and_time(material: Material) -> str:
    tuned = {"grind_um", "time_s"} <= set(material.problem.knobs)
    return _no_coffee(material) or ("" if tuned else "grind_and_time")


def _no_race(material: Material) -> str:
    return _no_grind_and_time(material) or ("" if material.first else "first_start")


def _no_rates(material: Material) -> str:
    return "" if rates.rate_series(material) else "rates"


PICTURES: Mapping[str, Picture | Animation] = {
    "convergence": Picture(walks.convergence, _nothing, spoken.convergence, is_usual=True),
    "coordinates": Picture(walks.coordinates, _nothing, spoken.coordinates, is_usual=True),
    "landscape": Picture(walks.landscape, _no_grind_and_time, spoken.landscape, is_usual=True),
    "control-chart": Picture(walks.control_chart, _no_coffee, spoken.control_chart, is_usual=True),
    "slices": Picture(sections.slices, _no_coffee, sections.slices_in_words),
    "ratings": Picture(crowd.ratings, _no_coffee, crowd.ratings_in_words),
    "graph": Picture(graph.napkin, _no_coffee, graph.graph_in_words),
    "graph-named": Picture(graph.named, _no_coffee, graph.graph_in_words, in_report=False),
    "graph-full": Picture(
        graph.operations, _no_coffee, graph.graph_in_words, in_report=False, formats=("svg",)
    ),
    "learning-rates": Picture(rates.learning_rates, _no_rates, rates.rates_in_words),
    "descent": Animation(descent.race, _no_race),
}
"""In the order in which they are listed and reported."""

USUAL = tuple(name for name, picture in PICTURES.items() if picture.is_usual)


def checked_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each once, in the order of the register. Raises InputError for one that is none."""
    wanted = set(names)
    unknown = sorted(wanted - set(PICTURES))
    if unknown:
        raise InputError(
            f"{unknown[0]}: there is no such figure; there are {', '.join(PICTURES)} "
            "(simulator plot --list says what they show)"
        )
    return tuple(name for name in PICTURES if name in wanted)


def lacking(material: Material, names: Iterable[str] = tuple(PICTURES)) -> dict[str, str]:
    """Name -> why it cannot be drawn, of those that cannot."""
    reasons = {name: PICTURES[name].lacks(material) for name in names}
    return {
        name: material.messages.say(f"lacks.{reason}") for name, reason in reasons.items() if reason
    }


def draw_pictures(
    material: Material, folder: Path, names: Iterable[str] = tuple(PICTURES)
) -> list[Path]:
    """Draw those of the named pictures that the experiment can have into a folder; return the files.

    Nothing is drawn before any run has a score. Raises ResultsError if a file cannot be written.
    """
    names = tuple(names)
    missing = lacking(material, names)
    files: list[Path] = []
    for name in names if material.drawable else ():
        if name not in missing:
            files.extend(PICTURES[name].save(material, folder, name))
    return files
