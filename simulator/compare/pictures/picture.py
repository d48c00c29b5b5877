"""One picture: what it shows, how to read it, and the drawing itself."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

from matplotlib.figure import Figure

from simulator.figures.style import in_style, new_figure

WIDE = (9.6, 4.9)
"""Width and height of most pictures, in inches."""


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: of its file.
        title: what it shows.
        reading: how to read it, in two sentences.
        alternative: what it shows, for those who cannot see it.
        svg: the picture.
    """

    name: str
    title: str
    reading: str
    alternative: str
    svg: str

    @property
    def address(self) -> str:
        """The picture as a data address, so that the page is one file."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode()


def rows_high(rows: int) -> tuple[float, float]:
    """The size of a picture with one row for each of so many optimizers."""
    return 9.6, 1.2 + 0.27 * rows


def picture(
    name: str,
    title: str,
    reading: str,
    draw: Callable[[Figure], object],
    size: tuple[float, float],
) -> Picture:
    """Draw it; in SVG, with its words as text."""
    with in_style():
        figure = new_figure(*size)
        draw(figure)
        buffer = StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "perfect-cup"})
    svg = buffer.getvalue()
    return Picture(
        name, title, reading, f"{title}. The numbers stand in the tables.", svg[svg.index("<svg") :]
    )
