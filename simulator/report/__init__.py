"""What an experiment looks like: its pictures, and one page that holds all of it. See README.md."""

from simulator.report.certificate import Bracket
from simulator.report.figure_language import drawable, figure_words
from simulator.report.page import report_html, write_report
from simulator.report.pictures import (
    PICTURES,
    USUAL,
    Material,
    checked_names,
    draw_pictures,
    lacking,
    material_of,
)

__all__ = [
    "PICTURES",
    "USUAL",
    "Bracket",
    "Material",
    "checked_names",
    "draw_pictures",
    "drawable",
    "figure_words",
    "lacking",
    "material_of",
    "report_html",
    "write_report",
]
