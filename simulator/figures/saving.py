"""Figures as files: the same bytes from the same data, whenever and wherever they are drawn."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulator.errors import ResultsError
from simulator.figures.style import in_style

FORMATS = ("png", "svg")

# Without them matplotlib writes the date and its own version into the file.
_METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": "perfect-cup", "Type": None},
}


def save(
    figure: Figure, folder: Path, name: str, formats: Sequence[str] = FORMATS
) -> tuple[Path, ...]:
    """Writes ``figure`` to ``folder``/``name``.png and .svg; returns their paths.

    The folder is made if need be. An SVG keeps its text as text. Raises ResultsError if they cannot be
    written.
    """
    FigureCanvasAgg(figure)
    paths = tuple(folder / f"{name}.{kind}" for kind in formats)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with in_style(), warnings.catch_warnings():
            # A character that no installed font has is drawn as a box, and that says enough.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            for path, kind in zip(paths, formats, strict=True):
                figure.savefig(path, format=kind, metadata=_METADATA[kind])
    except OSError as error:
        raise ResultsError(
            f"{error.filename or folder}: the figure cannot be written ({error.strerror or error}); "
            "check the permissions and the free space"
        ) from error
    return paths
