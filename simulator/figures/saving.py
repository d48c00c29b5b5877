"""Figures as files: the same bytes from the same data, whenever and wherever they are drawn."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
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
        with _drawing():
            for path, kind in zip(paths, formats, strict=True):
                figure.savefig(path, format=kind, metadata=_METADATA[kind])
    except OSError as error:
        raise ResultsError(
            f"{error.filename or folder}: the figure cannot be written ({error.strerror or error}); "
            "check the permissions and the free space"
        ) from error
    return paths


def svg_text(figure: Figure) -> str:
    """The figure as the text of an SVG file, its text as text."""
    FigureCanvasAgg(figure)
    text = StringIO()
    with _drawing():
        figure.savefig(text, format="svg", metadata=_METADATA["svg"])
    return text.getvalue()


@contextmanager
def _drawing() -> Iterator[None]:
    with in_style(), warnings.catch_warnings():
        # A character that no installed font has is drawn as a box, and that says enough.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield
