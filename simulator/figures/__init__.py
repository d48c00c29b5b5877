"""Pictures of results, drawn by matplotlib from plain arrays: nothing here runs a model or an optimizer.

Each ``draw_...`` takes the values of :mod:`simulator.figures.data` and returns a figure; :func:`save`
writes it as PNG and SVG. See README.md.
"""

from simulator.figures.control_chart import draw_control_chart
from simulator.figures.convergence import draw_convergence
from simulator.figures.coordinates import draw_coordinates
from simulator.figures.data import (
    DRIP_IDEAL,
    ESPRESSO_IDEAL,
    ConvergenceSeries,
    CupPath,
    IdealBox,
    Knob,
    Landscape,
    RecipePath,
    RepeatTrace,
)
from simulator.figures.dial_chart import DialChart, DialPanel, DialWords, draw_dial_chart
from simulator.figures.gaps import convergence_series
from simulator.figures.graph import GraphBox, GraphEdge, GraphPicture, draw_graph
from simulator.figures.landscape import draw_landscape
from simulator.figures.learning_rates import RateSeries, draw_learning_rates
from simulator.figures.race import Race, Runner, draw_race, save_race
from simulator.figures.ratings import RatingGroup, draw_ratings
from simulator.figures.saving import FORMATS, save, svg_text
from simulator.figures.slices import Slices, draw_slices
from simulator.figures.style import Look, chinese_font, looks
from simulator.figures.words import FigureWords, quantity

__all__ = [
    "DRIP_IDEAL",
    "ESPRESSO_IDEAL",
    "FORMATS",
    "ConvergenceSeries",
    "CupPath",
    "DialChart",
    "DialPanel",
    "DialWords",
    "FigureWords",
    "GraphBox",
    "GraphEdge",
    "GraphPicture",
    "IdealBox",
    "Knob",
    "Landscape",
    "Look",
    "Race",
    "RateSeries",
    "RatingGroup",
    "RecipePath",
    "RepeatTrace",
    "Runner",
    "Slices",
    "chinese_font",
    "convergence_series",
    "draw_control_chart",
    "draw_convergence",
    "draw_coordinates",
    "draw_dial_chart",
    "draw_graph",
    "draw_landscape",
    "draw_learning_rates",
    "draw_race",
    "draw_ratings",
    "draw_slices",
    "looks",
    "quantity",
    "save",
    "save_race",
    "svg_text",
]
