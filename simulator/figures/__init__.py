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
from simulator.figures.landscape import draw_landscape
from simulator.figures.saving import save, svg_text
from simulator.figures.style import Look, chinese_font, looks
from simulator.figures.words import FigureWords, quantity

__all__ = [
    "DRIP_IDEAL",
    "ESPRESSO_IDEAL",
    "ConvergenceSeries",
    "CupPath",
    "DialChart",
    "DialPanel",
    "DialWords",
    "FigureWords",
    "IdealBox",
    "Knob",
    "Landscape",
    "Look",
    "RecipePath",
    "RepeatTrace",
    "chinese_font",
    "convergence_series",
    "draw_control_chart",
    "draw_convergence",
    "draw_coordinates",
    "draw_dial_chart",
    "draw_landscape",
    "looks",
    "quantity",
    "save",
    "svg_text",
]
