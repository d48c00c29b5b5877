"""What ``simulator page`` and ``simulator play`` do."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path

from simulator.cli.terminal import waiting
from simulator.errors import InputError
from simulator.experiment.config import load
from simulator.experiment.problem import Problem
from simulator.experiment.results_folder import refuse_files_of_results
from simulator.explain import catalogue
from simulator.page import Page


def write_page(config: Path, out: Path | None, language: str, recipe: str | None) -> int:
    """Write the page of ``config``; the exit status is 0.

    Raises:
        InputError: an unknown language, an unusable recipe, a place that cannot be written to.
    """
    if out is not None:
        refuse_files_of_results(out)
    page = _page(config, language, recipe)
    path = out or Path(f"{page.problem.experiment.name}.html")
    _written(page, path)
    print(f"{path} ({path.stat().st_size / 1000:.0f} kB); open it in a browser, online or off")
    return 0


def play(config: Path, language: str, recipe: str | None) -> int:
    """Write the page to a temporary folder and open it; 1 if there is no browser to open it."""
    page = _page(config, language, recipe)
    path = Path(tempfile.mkdtemp(prefix="perfect-cup-")) / f"{page.problem.experiment.name}.html"
    _written(page, path)
    print(path)
    if webbrowser.open(path.as_uri()):
        return 0
    print("no browser was found here: open that file yourself")
    return 1


def _page(config: Path, language: str, recipe: str | None) -> Page:
    catalogue(language)  # which refuses an unknown language before anything is computed
    experiment = load(config)
    if experiment.problem is not None:
        raise InputError(
            f"{config}: problem: {experiment.problem}: the page shows a cup of coffee, and this is a "
            "function of your own; `simulator run` and `simulator plot` take it"
        )
    return Page(Problem(experiment), language, recipe)


def _written(page: Page, path: Path) -> None:
    try:
        with waiting("finding the best cups"):
            page.write(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None
