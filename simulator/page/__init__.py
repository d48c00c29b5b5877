"""The interactive page: one HTML file in which the cup's graph can be watched, stepped through and tuned."""

from simulator.page.layout import Layout, lay_out
from simulator.page.page import Page
from simulator.page.quantities import unit_of
from simulator.page.stages import EVERY, Depth, StagedGraph, View
from simulator.page.words import page_words

__all__ = [
    "EVERY",
    "Depth",
    "Layout",
    "Page",
    "StagedGraph",
    "View",
    "lay_out",
    "page_words",
    "unit_of",
]
