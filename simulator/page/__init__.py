"""The interactive page: one HTML file in which the cup's graph can be watched, stepped through and tuned."""

from simulator.page.page import Page

__all__ = ["Page"]
